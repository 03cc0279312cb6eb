import { messageOf } from "../../errors";
import type { Certificate } from "../certificates/certificate";
import type { EnvelopeContent, SigningScheme } from "../envelope/content";
import { quoted } from "../quoted";
import type { Statement } from "../trust/declaration";
import { isSubset, parseDistinguishedName } from "../trust/distinguishedName";
import type { TrustStoreType } from "../trust/document";
import { TrustPolicyError } from "../trust/error";
import type { Failure } from "./verdict";

/** signing-scheme.md § Signature Verification > Trust Stores: a scheme trusts the stores of its own type, no other. */
const STORE_TYPE: Readonly<Record<SigningScheme, TrustStoreType>> = {
  "notary.x509": "ca",
  "notary.x509.signingAuthority": "signingAuthority",
};

/**
 * trust-store-trust-policy.md § Steps "Validate Authenticity": a certificate of the chain is in a trust store of the
 * scheme's type, and the leaf is a trusted identity. As in notation-go both are evaluated, and under `log` the later
 * reason stays.
 */
export function checkAuthenticity(
  { certificateChain, signedAttributes }: EnvelopeContent,
  statement: Statement,
): Failure[] {
  const storeType = STORE_TYPE[signedAttributes.signingScheme];
  return [checkTrustStore(certificateChain, statement, storeType), checkIdentity(certificateChain, statement)].filter(
    (failure) => failure !== undefined,
  );
}

/** Any certificate of the chain will do, byte for byte: a leaf or an intermediate in the store as well as a root. */
function checkTrustStore(
  chain: readonly Certificate[],
  { certificates, declared }: Statement,
  storeType: TrustStoreType,
): Failure | undefined {
  if (certificates[storeType].length === 0) {
    return {
      code: "NO_TRUSTED_CERTIFICATE",
      message: `the trust policy statement ${quoted(declared.name)} names no trust store of the type ${storeType}, which the signing scheme asks for: add one`,
    };
  }
  const trusted = new Set(certificates[storeType].map(({ thumbprint }) => thumbprint));
  if (chain.some(({ thumbprint }) => trusted.has(thumbprint))) return undefined;
  return {
    code: "CERTIFICATE_CHAIN_NOT_TRUSTED",
    message: `no certificate of the chain of ${quoted(chain[0]?.subject)} is in the trust stores of the type ${storeType} among ${declared.trustStores?.join(", ")}: sign with a trusted identity, or add its root there`,
  };
}

/** trust-store-trust-policy.md § Trusted Identities Constraints. */
function checkIdentity(
  [leaf]: readonly Certificate[],
  { trustedIdentities, declared }: Statement,
): Failure | undefined {
  if (trustedIdentities === "any") return undefined;
  const subject = leaf?.subject ?? "";
  try {
    const name = parseDistinguishedName(subject);
    if (trustedIdentities.some((identity) => isSubset(identity, name))) return undefined;
  } catch (error) {
    if (!(error instanceof TrustPolicyError)) throw error;
    return {
      code: error.code,
      message: `the signing certificate's subject can match no trusted identity: ${messageOf(error)}`,
    };
  }
  return {
    code: "SIGNER_IDENTITY_NOT_TRUSTED",
    message: `the signer ${quoted(subject)} is none of the trusted identities ${quoted(declared.trustedIdentities)}: sign with one of them, or add it there`,
  };
}
