import type { Certificate } from "../certificates/certificate";
import type { RevocationSource } from "./revocationSource";

/** What is known of a chain: `revoked` outweighs `unknown`, which outweighs `ok`. */
export interface ChainRevocation {
  status: "ok" | "revoked" | "unknown";
  /** Subject of the certificate that decided, and why, in words; absent when ok. */
  subject?: string;
  reason?: string;
}

export interface ChainRevocationArgs {
  /** Leaf first, root last; the root is never asked about. */
  chain: readonly Certificate[];
  source: RevocationSource;
  now: Date;
  /** An authentic signing time: a revocation whose invalidity date is later does not count. */
  signingTime?: Date;
}

/** trust-store-trust-policy.md § Certificate Revocation Evaluation. */
export async function revocationOfChain({ chain }: ChainRevocationArgs): Promise<ChainRevocation> {
  const revokable = chain
    .slice(0, -1)
    .find(({ revocation }) => revocation.ocsp.length > 0 || revocation.crl.length > 0);
  if (!revokable) return { status: "ok" };
  return { status: "unknown", subject: revokable.subject, reason: "it cannot be asked yet" };
}
