import { messageOf } from "../../errors";
import { BoundedMap } from "../certificates/bounded";
import type { Certificate } from "../certificates/certificate";
import { requireSigningChain, requireTimestampingChain } from "../certificates/chain";
import type { ChainPurpose } from "../certificates/lint";
import type { CertificateStatus, StatusArgs } from "./certificateStatus";
import { crlStatus } from "./crl";
import type { RevocationErrorCode } from "./error";
import { ocspStatus } from "./ocsp";
import type { RevocationSource } from "./revocationSource";

/** What is known of a chain: `revoked` outweighs `unknown`, which outweighs `ok`. */
export interface ChainRevocation {
  status: "ok" | "revoked" | "unknown";
  /** Subject of the certificate that decided, and why, in words; absent when ok. */
  subject?: string;
  reason?: string;
  /** What kept the status unknown. */
  code?: RevocationErrorCode;
}

export interface ChainRevocationArgs {
  /** Leaf first, root last; the root is never asked about. */
  chain: readonly Certificate[];
  source: RevocationSource;
  now: Date;
  /** An authentic signing time: a revocation whose invalidity date is later does not count. */
  signingTime?: Date;
  /** Which requirements the chain must meet; those of code signing unless given. */
  purpose?: ChainPurpose;
}

/**
 * trust-store-trust-policy.md § Certificate Revocation Evaluation, as notation-core-go revocation.ValidateContext and
 * notation-go revocationFinalResult: all certificates are asked about at once, a certificate that names neither OCSP
 * nor CRLs is good. Never throws: what cannot be found out is unknown.
 */
export async function revocationOfChain(args: ChainRevocationArgs): Promise<ChainRevocation> {
  const { chain, source, now, signingTime, purpose = "codeSigning" } = args;
  const invalid = chainFailure(chain, purpose);
  if (invalid !== undefined) {
    const [leaf] = chain;
    return {
      status: "unknown",
      code: "REVOCATION_CHAIN_INVALID",
      ...(leaf && { subject: leaf.subject }),
      reason: invalid,
    };
  }
  const found = await Promise.all(
    chain.slice(0, -1).map(async (certificate, index) => {
      const issuer = chain[index + 1] ?? certificate;
      const asked: StatusArgs = { certificate, issuer, source, now, ...(signingTime && { signingTime }) };
      return { subject: certificate.subject, ...(await certificateStatus(asked)) };
    }),
  );
  const decisive = found.find(({ status }) => status === "revoked") ?? found.find(({ status }) => status === "unknown");
  return decisive ?? { status: "ok" };
}

async function certificateStatus(args: StatusArgs): Promise<CertificateStatus> {
  const { ocsp, crl } = args.certificate.revocation;
  if (ocsp.length === 0) return crl.length === 0 ? { status: "ok" } : crlStatus(args);
  const byOcsp = await ocspStatus(args);
  if (byOcsp.status !== "unknown" || byOcsp.code === "OCSP_ADDRESS_MALFORMED" || crl.length === 0) return byOcsp;
  const byCrl = await crlStatus(args);
  return byCrl.status === "unknown" ? { ...byCrl, reason: `${byOcsp.reason}; ${byCrl.reason}` } : byCrl;
}

// A chain meets the requirements or not, whatever the time is, and comes again with every signature.
const met = new BoundedMap<string, true>(256);
const REQUIRE = { codeSigning: requireSigningChain, timestamping: requireTimestampingChain };

function chainFailure(chain: readonly Certificate[], purpose: ChainPurpose): string | undefined {
  const key = [purpose, ...chain.map(({ thumbprint }) => thumbprint)].join(" ");
  try {
    met.get(key, () => {
      REQUIRE[purpose](chain);
      return true;
    });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
