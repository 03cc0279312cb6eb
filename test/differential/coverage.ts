import type { ValidationType } from "../../components/notary/trust/document";
import type { VerdictCode } from "../../components/notary/verification/verdict";

/** Where a code can come up; see `outcomesOf`. */
type Place = ValidationType | "policy" | "selection" | "signature";

/** Why a code cannot come up when one envelope is judged. */
interface Unreachable {
  unreachable: string;
}

const unreachable = (reason: string): Unreachable => ({ unreachable: reason });
const NO_SIGNING = unreachable("of signing; nothing is signed here");
const NO_SERVER = unreachable("of asking a time stamping authority; nothing is asked here");
const NO_REGISTRY = unreachable(
  "of a registry's answers, which notation-go's verifier does not see; verifyArtifact's tests have it",
);

/** Every code that a verdict may have: where it is expected, or why it is not. The compiler holds that none is missing. */
export const CODES: Readonly<Record<VerdictCode, readonly Place[] | Unreachable>> = {
  ENVELOPE_TYPE_UNSUPPORTED: ["integrity"],
  ENVELOPE_TOO_LARGE: unreachable(
    "notation-go bounds envelopes where it fetches them, before its verifier; tests of the envelope have it",
  ),
  ENVELOPE_MALFORMED: ["integrity"],
  ENVELOPE_PROTECTED_HEADER_INVALID: ["integrity"],
  ENVELOPE_CRITICAL_HEADER_INVALID: ["integrity"],
  ENVELOPE_CERTIFICATE_CHAIN_INVALID: ["integrity"],
  ENVELOPE_ALGORITHM_UNSUPPORTED: ["integrity"],
  ENVELOPE_ALGORITHM_MISMATCH: ["integrity"],
  ENVELOPE_SIGNATURE_INVALID: ["integrity"],
  ENVELOPE_EXPIRY_NOT_AFTER_SIGNING_TIME: ["integrity"],
  ENVELOPE_CONTENT_TYPE_UNSUPPORTED: ["integrity"],
  ENVELOPE_PAYLOAD_MALFORMED: ["integrity", "signature"],
  CERTIFICATE_MALFORMED: ["integrity"],
  CERTIFICATE_CHAIN_EMPTY: unreachable("an envelope without certificates is ENVELOPE_CERTIFICATE_CHAIN_INVALID"),
  CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT: ["integrity"],
  CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED: ["integrity"],
  CERTIFICATE_CHAIN_EXTRA_SELF_SIGNED: ["integrity"],
  CERTIFICATE_SIGNATURE_ALGORITHM_UNSUPPORTED: ["integrity"],
  CERTIFICATE_NOT_VALID_AT_SIGNING_TIME: ["authenticTimestamp"],
  CERTIFICATE_BASIC_CONSTRAINTS: ["integrity"],
  CERTIFICATE_PATH_LENGTH: ["integrity"],
  CERTIFICATE_KEY_USAGE: ["integrity"],
  CERTIFICATE_EXTENDED_KEY_USAGE: ["integrity"],
  CERTIFICATE_KEY_UNSUPPORTED: ["integrity"],
  JSON_NOT_UTF8: ["integrity", "signature"],
  JSON_SYNTAX: ["integrity", "signature"],
  JSON_TOO_COMPLEX: ["integrity", "signature"],
  JSON_DUPLICATE_KEY: ["integrity", "signature"],
  JSON_MISCASED_KEY: ["integrity", "signature"],
  JSON_NUMBER_AMBIGUOUS: ["integrity", "signature"],
  SIGNING_KEY_MALFORMED: NO_SIGNING,
  SIGNING_KEY_UNSUPPORTED: NO_SIGNING,
  SIGNING_KEY_DOES_NOT_MATCH_CERTIFICATE: NO_SIGNING,
  SIGNING_EXPIRY_INVALID: NO_SIGNING,
  SIGNING_TIME_INVALID: NO_SIGNING,
  SIGNING_EXTENDED_ATTRIBUTE_INVALID: NO_SIGNING,
  SIGNING_USER_METADATA_RESERVED: NO_SIGNING,
  SIGNING_USER_METADATA_DUPLICATE: NO_SIGNING,
  SIGNATURE_MANIFEST_MALFORMED: NO_REGISTRY,
  SIGNATURE_MANIFEST_TOO_LARGE: NO_REGISTRY,
  SIGNATURE_MANIFEST_NOT_A_SIGNATURE: NO_REGISTRY,
  POLICY_SYNTAX: ["policy"],
  POLICY_DUPLICATE_KEY: ["policy"],
  POLICY_UNKNOWN_FIELD: ["policy"],
  POLICY_WRONG_TYPE: ["policy"],
  POLICY_VERSION_MISSING: ["policy"],
  POLICY_VERSION_UNSUPPORTED: ["policy"],
  POLICY_NO_STATEMENTS: ["policy"],
  STATEMENT_NAME_MISSING: ["policy"],
  STATEMENT_NAME_DUPLICATE: ["policy"],
  REGISTRY_SCOPES_MISSING: ["policy"],
  REGISTRY_SCOPE_WILDCARD_NOT_ALONE: ["policy"],
  REGISTRY_SCOPE_INVALID: ["policy"],
  REGISTRY_SCOPE_DUPLICATE: ["policy"],
  LEVEL_MISSING: ["policy"],
  LEVEL_UNKNOWN: ["policy"],
  SKIP_WITH_TRUST: ["policy"],
  SKIP_WITH_OVERRIDE: ["policy"],
  SKIP_WITH_GLOBAL_SCOPE: ["policy"],
  OVERRIDE_VALIDATION_UNKNOWN: ["policy"],
  OVERRIDE_ACTION_UNKNOWN: ["policy"],
  OVERRIDE_OF_INTEGRITY: ["policy"],
  OVERRIDE_SKIP_NOT_ALLOWED: ["policy"],
  VERIFY_TIMESTAMP_UNKNOWN: ["policy"],
  TRUST_STORES_MISSING: ["policy"],
  TRUST_STORE_REFERENCE_MALFORMED: ["policy"],
  TRUST_STORE_TYPE_UNKNOWN: ["policy"],
  TRUST_STORE_NAME_INVALID: ["policy"],
  TRUSTED_IDENTITIES_MISSING: ["policy"],
  TRUSTED_IDENTITY_WILDCARD_NOT_ALONE: ["policy"],
  TRUSTED_IDENTITY_EMPTY: ["policy"],
  TRUSTED_IDENTITY_MALFORMED: ["policy"],
  TRUSTED_IDENTITY_TYPE_UNSUPPORTED: ["policy"],
  TRUSTED_IDENTITIES_OVERLAP: ["policy"],
  DISTINGUISHED_NAME_INVALID: ["policy", "authenticity"],
  TRUST_STORE_MISSING: ["policy"],
  TRUST_STORE_EMPTY: ["policy"],
  TRUST_STORE_CERTIFICATE_INVALID: ["policy"],
  TRUST_STORE_CERTIFICATE_NOT_A_ROOT: ["policy"],
  TIMESTAMP_SERVER_FAILED: NO_SERVER,
  TIMESTAMP_REFUSED: NO_SERVER,
  TIMESTAMP_RESPONSE_MISMATCH: NO_SERVER,
  TIMESTAMP_MALFORMED: ["authenticTimestamp"],
  TIMESTAMP_IMPRINT_MISMATCH: ["authenticTimestamp"],
  TIMESTAMP_NOT_TRUSTED: ["authenticTimestamp"],
  TIMESTAMP_CERTIFICATE_INVALID: ["authenticTimestamp"],
  TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY: ["authenticTimestamp"],
  TIMESTAMP_CERTIFICATE_REVOKED: ["authenticTimestamp"],
  TIMESTAMP_REVOCATION_UNKNOWN: ["authenticTimestamp"],
  NO_APPLICABLE_TRUST_POLICY: ["selection"],
  NO_SIGNATURE: NO_REGISTRY,
  NO_SIGNATURE_VERIFIED: unreachable("of the whole artifact: each of its signatures has a code of its own"),
  MAX_SIGNATURES_REACHED: NO_REGISTRY,
  SIGNATURE_RETRIEVAL_FAILED: NO_REGISTRY,
  SIGNATURE_SUBJECT_MISMATCH: NO_REGISTRY,
  VERIFICATION_PLUGIN_UNSUPPORTED: ["signature"],
  CRITICAL_ATTRIBUTE_UNKNOWN: ["signature"],
  NO_TRUSTED_CERTIFICATE: ["authenticity"],
  CERTIFICATE_CHAIN_NOT_TRUSTED: ["authenticity"],
  SIGNER_IDENTITY_NOT_TRUSTED: ["authenticity"],
  SIGNATURE_EXPIRED: ["expiry"],
  CERTIFICATE_NOT_YET_VALID: ["authenticTimestamp"],
  CERTIFICATE_EXPIRED: ["authenticTimestamp"],
  TIMESTAMP_MISSING: ["authenticTimestamp"],
  CERTIFICATE_REVOKED: ["revocation"],
  REVOCATION_UNKNOWN: ["revocation"],
  ARTIFACT_MISMATCH: ["signature"],
  USER_METADATA_MISMATCH: ["signature"],
  VERIFICATION_INCONCLUSIVE: unreachable("an error that nobody foresaw: one that comes up is to be foreseen"),
};

const RELAXABLE = ["authenticity", "expiry", "authenticTimestamp", "revocation"] as const;

/** Every outcome that is expected, as `outcomesOf` writes it. */
export function expectedOutcomes(): string[] {
  const relaxable = (place: Place) => RELAXABLE.some((validation) => validation === place);
  const failures = Object.entries(CODES).flatMap(([code, places]) =>
    "unreachable" in places
      ? []
      : places.flatMap((place) =>
          (relaxable(place) ? ["enforce", "log"] : ["enforce"]).map(
            (action) => `${place} | ${action} | failed | ${code}`,
          ),
        ),
  );
  const passes = RELAXABLE.flatMap((validation) =>
    ["enforce", "log"].map((action) => `${validation} | ${action} | passed | `),
  );
  return ["integrity | enforce | passed | ", ...passes, "selection | skip | skipped | ", ...failures];
}
