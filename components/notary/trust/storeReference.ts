import { quoted } from "../quoted";
import type { TrustStoreType } from "./document";
import { TrustPolicyError } from "./error";
import { suggestion } from "./suggestion";

export interface TrustStoreReference {
  type: TrustStoreType;
  name: string;
}

export const TRUST_STORE_TYPES: readonly TrustStoreType[] = ["ca", "signingAuthority", "tsa"];
const NAME = /^[a-zA-Z0-9_.-]+$/;

/**
 * Whether a text may name a trust store, a folder of that name. Not `.` or `..`: notation-go takes these two and
 * leaves its trust store.
 */
export function isTrustStoreName(name: string): boolean {
  return NAME.test(name) && name !== "." && name !== "..";
}

/**
 * `<type>:<name>` as in `ca:wabbit-networks.io`: trust-store-trust-policy.md § Trust Policy Properties, trustStores.
 * @throws TrustPolicyError
 */
export function parseTrustStoreReference(reference: string, where: string): TrustStoreReference {
  const colon = reference.indexOf(":");
  if (colon < 0) {
    throw new TrustPolicyError(
      "TRUST_STORE_REFERENCE_MALFORMED",
      `${where}: the trust store ${quoted(reference)} has no ":"; write <type>:<name>, as in ca:${reference}`,
    );
  }
  const written = reference.slice(0, colon);
  const type = TRUST_STORE_TYPES.find((known) => known === written);
  if (!type) {
    throw new TrustPolicyError(
      "TRUST_STORE_TYPE_UNKNOWN",
      `${where}: the trust store ${quoted(reference)} has the unknown type ${quoted(written)}${suggestion(written, TRUST_STORE_TYPES)}`,
    );
  }
  const name = reference.slice(colon + 1);
  if (!isTrustStoreName(name)) {
    throw new TrustPolicyError(
      "TRUST_STORE_NAME_INVALID",
      `${where}: the trust store ${quoted(reference)} has a name of other characters than a-z, A-Z, 0-9, ".", "_" and "-"; rename it`,
    );
  }
  return { type, name };
}
