import { type Extension, ExtensionType } from "../certificates/extension";
import { quoted } from "../quoted";
import { ADDRESSES_MAX, delivered, isNoUrl, placeOf } from "./address";
import { askingAgain, type CertificateStatus, type StatusArgs, unknown } from "./certificateStatus";
import { crlStatus } from "./crl";
import { RevocationError } from "./error";
import { invalidityDate } from "./invalidityDate";
import { ocspRequest } from "./ocspRequest";
import { parseOcspResponse } from "./ocspResponse";
import { requireOcspSignature, singleResponseFor } from "./ocspSignature";

/**
 * Asks the OCSP responders that a certificate names, in its order, until one gives a valid answer:
 * trust-store-trust-policy.md § OCSP, as notation-core-go revocation/internal/ocsp does. A valid answer "unknown" is
 * one.
 */
export async function ocspStatus(args: StatusArgs): Promise<CertificateStatus> {
  const addresses = args.certificate.revocation.ocsp.slice(0, ADDRESSES_MAX);
  const failures: (CertificateStatus & { status: "unknown" })[] = [];
  for (const url of addresses) {
    if (isNoUrl(url)) return malformed(url);
    try {
      return await askingAgain((fresh) => statusFrom(url, args, fresh));
    } catch (error) {
      const failure = unknown(error, `OCSP responder ${placeOf(url)}`);
      if (failure.code === "OCSP_STATUS_UNKNOWN") return failure;
      failures.push(failure);
    }
  }
  const code = failures.at(-1)?.code ?? "REVOCATION_SOURCE_FAILED";
  return { status: "unknown", code, reason: failures.map(({ reason }) => reason).join("; ") };
}

/**
 * Such a certificate is faulty: no other responder and no CRL is asked instead. notation-core-go ends in a nil pointer
 * there.
 */
function malformed(url: string): CertificateStatus {
  const reason = `the certificate's OCSP address ${quoted(url)} is no URL: use another certificate`;
  return { status: "unknown", code: "OCSP_ADDRESS_MALFORMED", reason };
}

/** @throws RevocationError */
async function statusFrom(url: string, args: StatusArgs, fresh: boolean): Promise<CertificateStatus> {
  const { certificate, issuer, source, signingTime } = args;
  const now = source.asOf?.ocsp ?? args.now;
  const answer = await delivered(url, () => source.askOcsp(url, ocspRequest(certificate, issuer), fresh));
  const response = parseOcspResponse(answer);
  const single = singleResponseFor(response, certificate, issuer);
  const responder = requireOcspSignature(response, issuer, now);
  // A time thisUpdate in the future is not looked at by the reference implementation, and RFC 6960 § 4.2.2.1 has a
  // SHOULD; an absent nextUpdate it takes for one long past.
  if (!single.nextUpdate || !(now <= single.nextUpdate)) {
    const end = single.nextUpdate ? `is valid until ${single.nextUpdate.toISOString()}` : "does not say until when";
    throw new RevocationError("OCSP_EXPIRED", `the OCSP response ${end}: have the responder sign a new one`);
  }
  if (responder) await requireUnrevokedResponder(responder, args);
  if (single.status === "unknown") {
    throw new RevocationError("OCSP_STATUS_UNKNOWN", "the responder does not know the certificate: ask its operator");
  }
  if (single.status === "good" || isLater(single.extensions, signingTime)) return { status: "ok" };
  return { status: "revoked", reason: `OCSP responder ${placeOf(url)} says so` };
}

/**
 * § Revocation Checking with OCSP, last step: without the extension id-pkix-ocsp-nocheck, CRLs tell whether the
 * responder's own certificate is revoked. The reference implementation leaves this out.
 */
async function requireUnrevokedResponder(responder: StatusArgs["certificate"], args: StatusArgs): Promise<void> {
  if (responder.extensions.has(ExtensionType.ocspNoCheck) || responder.revocation.crl.length === 0) return;
  const { issuer, source, now } = args;
  const found = await crlStatus({ certificate: responder, issuer, source, now });
  if (found.status === "ok") return;
  throw new RevocationError(
    "OCSP_RESPONDER_REVOCATION",
    `the certificate of the responder ${quoted(responder.subject)} is ${found.status}: ${found.reason}`,
  );
}

/** Whether the key became invalid after the signing; an invalidity date that cannot be read counts for nothing. */
function isLater(extensions: readonly Extension[], signingTime: Date | undefined): boolean {
  const extension = extensions.findLast(({ type }) => type === ExtensionType.invalidityDate);
  if (!extension || !signingTime) return false;
  try {
    return signingTime < invalidityDate(extension);
  } catch {
    return false;
  }
}
