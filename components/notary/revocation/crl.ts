import type { Certificate } from "../certificates/certificate";
import { type Extension, ExtensionType } from "../certificates/extension";
import { ADDRESSES_MAX, delivered, placeOf } from "./address";
import {
  type CertificateList,
  entriesOf,
  findExtension,
  parseCertificateList,
  type RevokedEntry,
} from "./certificateList";
import { askingAgain, type CertificateStatus, type StatusArgs, unknown } from "./certificateStatus";
import { requireCrl, requireDelta } from "./crlRequirements";
import { distributionPointUris, requireScope } from "./distributionPoint";
import { RevocationError } from "./error";
import { invalidityDate } from "./invalidityDate";
import type { RevocationSource } from "./revocationSource";

const CERTIFICATE_HOLD = 6;
const REMOVE_FROM_CRL = 8;
const REASONS: Readonly<Record<number, string>> = {
  0: "unspecified",
  1: "keyCompromise",
  2: "cACompromise",
  3: "affiliationChanged",
  4: "superseded",
  5: "cessationOfOperation",
  6: "certificateHold",
  9: "privilegeWithdrawn",
  10: "aACompromise",
};

/**
 * Reads the CRLs at every address that a certificate names, as each may cover other reasons of revocation:
 * trust-store-trust-policy.md § CRLs, as notation-core-go revocation/internal/crl does.
 */
export async function crlStatus(args: StatusArgs): Promise<CertificateStatus> {
  const addresses = args.certificate.revocation.crl;
  if (addresses.length > ADDRESSES_MAX) {
    return unknown(
      new RevocationError(
        "REVOCATION_ADDRESSES_TOO_MANY",
        `the certificate names ${addresses.length} CRLs, more than ${ADDRESSES_MAX}: use another one`,
      ),
    );
  }
  for (const url of addresses) {
    try {
      const reason = await askingAgain((fresh) => revocationReason(url, args, fresh));
      if (reason !== undefined) return { status: "revoked", reason: `the CRL ${placeOf(url)} lists it (${reason})` };
    } catch (error) {
      return unknown(error, `CRL ${placeOf(url)}`);
    }
  }
  return { status: "ok" };
}

/** @throws RevocationError */
async function revocationReason(url: string, args: StatusArgs, fresh: boolean): Promise<string | undefined> {
  const { certificate, issuer, source, signingTime } = args;
  const now = source.asOf?.crl ?? args.now;
  const base = await fetchList(url, source, fresh);
  // Before the address of a delta CRL in it is followed.
  requireCrl(base, issuer, now, "base");
  requireScope(base.extensions, certificate);
  const delta = await deltaOf(base, source, fresh);
  if (!delta && certificate.extensions.has(ExtensionType.freshestCrl)) {
    throw new RevocationError(
      "CRL_DELTA_UNSUPPORTED",
      "only the certificate, and not the CRL, names a delta CRL, which is not supported",
    );
  }
  if (delta) {
    requireCrl(delta, issuer, now, "delta");
    requireDelta(delta, base);
  }
  return reasonIn(delta ? [base, delta] : [base], certificate, signingTime);
}

/** § Revocation Checking with Delta CRLs: the addresses in the base CRL are alternatives. @throws RevocationError */
async function deltaOf(
  base: CertificateList,
  source: RevocationSource,
  fresh: boolean,
): Promise<CertificateList | undefined> {
  const freshest = findExtension(base.extensions, ExtensionType.freshestCrl);
  let failure: unknown;
  for (const url of freshest ? distributionPointUris(freshest.value).slice(0, ADDRESSES_MAX) : []) {
    try {
      return await fetchList(url, source, fresh);
    } catch (error) {
      const { code, reason } = unknown(error, `delta CRL ${placeOf(url)}`);
      failure = new RevocationError(code, reason, { cause: error });
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

async function fetchList(url: string, source: RevocationSource, fresh: boolean): Promise<CertificateList> {
  return parseCertificateList(await delivered(url, () => source.fetchCrl(url, fresh)));
}

/**
 * The reason for which the certificate is revoked. A hold ends when a later entry says removeFromCRL; a key that became
 * invalid after the signing was good then.
 */
async function reasonIn(
  lists: readonly CertificateList[],
  { serialNumber }: Certificate,
  signingTime: Date | undefined,
): Promise<string | undefined> {
  const entries: RevokedEntry[] = [];
  for (const list of lists) entries.push(...(await entriesOf(list, serialNumber)));
  let latest: { reasonCode: number; revocationDate: Date } | undefined;
  for (const { reasonCode, revocationDate, extensions } of entries) {
    const invalidFrom = readEntryExtensions(extensions);
    if (signingTime && invalidFrom && signingTime < invalidFrom) return undefined;
    if (reasonCode !== CERTIFICATE_HOLD && reasonCode !== REMOVE_FROM_CRL) {
      return REASONS[reasonCode] ?? `reason ${reasonCode}`;
    }
    if (!latest || latest.revocationDate < revocationDate) latest = { reasonCode, revocationDate };
  }
  return latest?.reasonCode === CERTIFICATE_HOLD ? "certificateHold" : undefined;
}

function readEntryExtensions(extensions: readonly Extension[]): Date | undefined {
  let date: Date | undefined;
  for (const extension of extensions) {
    if (extension.type === ExtensionType.invalidityDate) date = invalidityDate(extension);
    else if (extension.critical) {
      throw new RevocationError(
        "CRL_CRITICAL_EXTENSION",
        `the certificate's entry has the unknown critical extension ${extension.type}`,
      );
    }
  }
  return date;
}
