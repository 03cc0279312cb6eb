// The trust policy document 1.0 for OCI artifacts, field for field:
// trust-store-trust-policy.md § Trust Policy Properties > OCI Trust Policy > Version 1.0.

export type VerificationLevelName = "strict" | "permissive" | "audit" | "skip";
export type ValidationType = "integrity" | "authenticity" | "authenticTimestamp" | "expiry" | "revocation";
export type ValidationAction = "enforce" | "log" | "skip";
export type VerifyTimestamp = "always" | "afterCertExpiry";
export type TrustStoreType = "ca" | "signingAuthority" | "tsa";

export interface SignatureVerification {
  level: VerificationLevelName;
  override?: Partial<Record<ValidationType, ValidationAction>>;
  verifyTimestamp?: VerifyTimestamp;
}

export interface TrustPolicyStatement {
  name: string;
  /** Fully qualified repositories `host[:port]/repository`, or `*` alone. */
  registryScopes: string[];
  signatureVerification: SignatureVerification;
  /** `<type>:<name>`; none under the level `skip`. */
  trustStores?: string[];
  /** `x509.subject: <distinguished name>`, or `*` alone; none under the level `skip`. */
  trustedIdentities?: string[];
}

export interface TrustPolicyDocument {
  version: "1.0";
  trustPolicies: TrustPolicyStatement[];
}
