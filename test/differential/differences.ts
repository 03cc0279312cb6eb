import type { Case } from "./case";
import type { Verdict } from "./evaluate";
import {
  signerNameTagsOf,
  signedDataOf,
  bytesOf,
  certificatesOf,
  criticalOf,
  hasDuplicateKey,
  hasForeignCrl,
  hasForeignOcspResponse,
  hasInvalidUtf8,
  hasMiscasedKey,
  hasOddNumber,
  hasWellFormedTstInfo,
  holdsWithAnySalt,
  isJws,
  jsonTextsOf,
  jwsOf,
  signedHeaderOf,
  tokenOf,
  unprotectedOf,
} from "./facts";
import { hasForeignOcspAddress, hasOddOcspResponse } from "./ocspShape";
import { hasForeignField, hasUnfitStore, statementsOf } from "./trustFacts";
import type { Answer } from "./oracle";

/** Where the two verdicts part, and how: ours refuses what notation-go lets pass, never the other way round. */
export interface Parting {
  /** A validation; or the document, what is asked of the verifier ("supported"), or the signed artifact. */
  at: string;
  code: string;
}

/** A deliberate difference: what it is, why, and when a case is one of it. */
export interface Difference {
  name: string;
  reason: string;
  /** Where the rule is written that is followed instead. */
  section: string;
  at: readonly string[];
  codes: readonly string[];
  /** What must be seen in the case itself. */
  holds?: (question: Case, theirs: Answer, ours: Verdict) => boolean;
}

/**
 * Where ours refuses and notation-go does not, in order. Undefined when they differ in any other way: when ours lets pass
 * what notation-go refuses, or when one records what the other does not.
 */
export function partingsOf(ours: Verdict, theirs: Answer): Parting[] | undefined {
  const code = ours.code ?? "";
  if (ours.kind === "policy") return theirs.kind === "policy" ? undefined : [{ at: "policy", code }];
  if (theirs.kind === "panic") {
    return [
      { at: "panic", code: ours.outcomes.find(isUnknownStatus)?.code ?? (ours.kind === "failed" ? "refused" : "") },
    ];
  }
  if (![ours.kind, theirs.kind].every((kind) => kind === "verified" || kind === "failed")) return undefined;
  const others = theirs.results ?? [];
  const partings: Parting[] = [];
  for (const [index, own] of ours.outcomes.entries()) {
    const other = others[index];
    if (isSame(own, other)) continue;
    const refuses = own.result === "failed" && own.code !== undefined;
    if (!refuses || other?.validation !== own.validation || other.action !== own.action) return undefined;
    partings.push({ at: own.validation, code: own.code ?? "" });
    // What notation-go goes on to say is its own affair.
    if (own.action === "enforce") return partings;
  }
  if (others.length > ours.outcomes.length)
    return ours.kind === "failed" ? [...partings, { at: "supported", code }] : undefined;
  if (ours.kind === theirs.kind) return partings;
  return ours.kind === "failed" ? [...partings, { at: "artifact", code }] : undefined;
}

const isUnknownStatus = ({ code }: Verdict["outcomes"][number]) => code?.endsWith("REVOCATION_UNKNOWN") === true;

function isSame(
  { validation, action, result }: Verdict["outcomes"][number],
  other: NonNullable<Answer["results"]>[number] | undefined,
): boolean {
  return other?.validation === validation && other.action === action && (other.error ? "failed" : "passed") === result;
}

const INTEGRITY_OR_ARTIFACT = ["integrity", "artifact"];
const HEADER_NAMES = [
  ...["alg", "cty", "crit", "payload", "protected", "header", "signature", "x5c"],
  ...["signingScheme", "signingTime", "authenticSigningTime", "expiry", "timestampSignature", "signingAgent"].map(
    (name) => `io.cncf.notary.${name}`,
  ),
];
const DESCRIPTOR_NAMES = [
  "targetArtifact",
  "mediaType",
  "digest",
  "size",
  "urls",
  "annotations",
  "data",
  "platform",
  "artifactType",
];
const texts = (question: Case) => jsonTextsOf(question).map(String);
const KNOWN = new Set<unknown>([1, 2, 3, ...HEADER_NAMES]);

/** id-ce-deltaCRLIndicator. */
const DELTA_INDICATOR = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1b]);

/** id-ce-cRLNumber, id-ce-freshestCRL. */
const CRL_NUMBER = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x14]);
const ISSUING_DISTRIBUTION_POINT = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1c]);
const FRESHEST_CRL = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x2e]);

/** All of them. Each must come up in a run, else it is stale. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: "unknown critical attribute",
    reason:
      "a verifier that does not know a critical attribute must fail; notation-go asks no plugin, so it lets it pass",
    section: "signature-specification.md § Extended attributes",
    at: ["supported"],
    codes: ["CRITICAL_ATTRIBUTE_UNKNOWN"],
    holds: (question) => criticalOf(question).some((name) => !KNOWN.has(name)),
  },
  {
    name: "a plugin's minimum version without a plugin",
    reason: "who asks for the version of a plugin asks for a plugin; notation-go looks at the name alone",
    section: "signature-specification.md § Extended attributes for Notation Plugins",
    at: ["supported"],
    codes: ["VERIFICATION_PLUGIN_UNSUPPORTED"],
    holds: (question) =>
      signedHeaderOf(question).has("io.cncf.notary.verificationPluginMinVersion") &&
      !signedHeaderOf(question).has("io.cncf.notary.verificationPlugin"),
  },
  {
    name: "JSON with a key twice",
    reason: "Go takes the last one; two readers may understand it differently",
    section: "signature-specification.md § Payload; RFC 8259 § 4",
    at: INTEGRITY_OR_ARTIFACT,
    codes: ["JSON_DUPLICATE_KEY"],
    holds: (question) => texts(question).some(hasDuplicateKey),
  },
  {
    name: "JSON names in another case",
    reason: "Go takes them for the names that are meant; other readers do not",
    section: "signature-envelope-jws.md § Protected Headers; RFC 8259 § 8.3",
    at: INTEGRITY_OR_ARTIFACT,
    codes: ["JSON_MISCASED_KEY"],
    holds: (question) => texts(question).some((text) => hasMiscasedKey(text, [...HEADER_NAMES, ...DESCRIPTOR_NAMES])),
  },
  {
    name: "JSON numbers written oddly",
    reason: "Go reads an integer with a fraction or an exponent as no integer, other readers do",
    section: "signature-specification.md § Payload; RFC 8259 § 6",
    at: INTEGRITY_OR_ARTIFACT,
    codes: ["JSON_NUMBER_AMBIGUOUS"],
    holds: (question) => texts(question).some(hasOddNumber),
  },
  {
    name: "JSON that is not UTF-8",
    reason: "Go replaces what is not UTF-8, so that what is read is not what was signed",
    section: "signature-specification.md § Payload; RFC 8259 § 8.1",
    at: INTEGRITY_OR_ARTIFACT,
    codes: ["JSON_NOT_UTF8"],
    holds: hasInvalidUtf8,
  },
  {
    name: "JSON nested deeply",
    reason: "Go takes 10,000 levels; a signature has a handful",
    section: "signature-specification.md § Payload",
    at: INTEGRITY_OR_ARTIFACT,
    codes: ["JSON_TOO_COMPLEX"],
    holds: (question) => texts(question).some((text) => text.includes("[".repeat(257))),
  },
  {
    name: "payload followed by more",
    reason: "notation-go sees it only when it has judged everything else",
    section: "signature-specification.md § Payload",
    at: ["integrity"],
    codes: ["JSON_SYNTAX"],
    holds: (question, theirs) =>
      theirs.kind === "failed" &&
      beginsWithValue(Buffer.from(String(jwsOf(question)?.payload), "base64url").toString()),
  },
  {
    name: "members beside those of a flattened JWS",
    reason: "the specification names four members; notation-core-go ignores others",
    section: "signature-envelope-jws.md § Signature Envelope",
    at: ["integrity"],
    codes: ["ENVELOPE_MALFORMED"],
    holds: (question) =>
      Object.keys(jwsOf(question) ?? {}).some(
        (name) => !["payload", "protected", "header", "signature"].includes(name),
      ),
  },
  {
    name: "base64 with line breaks or stray bits",
    reason: "one text for one value; Go ignores line breaks and the bits behind the last byte",
    section: "signature-envelope-jws.md § Unprotected Headers; RFC 4648 § 3.1, § 3.5",
    at: ["integrity"],
    codes: ["ENVELOPE_MALFORMED", "ENVELOPE_CERTIFICATE_CHAIN_INVALID"],
    holds: hasLooseBase64,
  },
  {
    name: "PSS with a salt of another length",
    reason: "the salt is as long as the hash; golang-jwt takes any",
    section: "signature-specification.md § Signature Algorithm Requirements; RFC 7518 § 3.5",
    at: ["integrity"],
    codes: ["ENVELOPE_SIGNATURE_INVALID"],
    holds: holdsWithAnySalt,
  },
  {
    name: "headers of the standards, or one twice, in crit",
    reason: "crit must not list a registered header or one twice; notation-core-go takes those that are present",
    section: "signature-envelope-jws.md § Protected Headers; RFC 7515 § 4.1.11",
    at: ["integrity"],
    codes: ["ENVELOPE_CRITICAL_HEADER_INVALID"],
    holds: (question) => {
      const crit = criticalOf(question);
      return (
        isJws(question) &&
        (new Set(crit).size < crit.length ||
          crit.some((name) => ["b64", "kid", "typ", "jwk", "x5u"].includes(String(name))))
      );
    },
  },
  {
    name: "a time that stands for none",
    reason: "Go's zero time counts as absent, so that an expiry of the year 1 would be none",
    section: "signature-specification.md § Standard attributes",
    at: ["integrity"],
    codes: ["ENVELOPE_PROTECTED_HEADER_INVALID", "ENVELOPE_CRITICAL_HEADER_INVALID"],
    holds: (question) =>
      [...signedHeaderOf(question).values()].some((value) =>
        isJws(question) ? /^000[01]-/.test(String(value)) : value instanceof Date && value.getUTCFullYear() <= 1,
      ),
  },
  {
    name: "JWS times that are almost RFC 3339",
    reason: "Go takes hours of one digit, a comma before the fraction and offsets of 24 hours",
    section: "signature-envelope-jws.md § Protected Headers; RFC 3339 § 5.6",
    at: ["integrity"],
    codes: ["ENVELOPE_PROTECTED_HEADER_INVALID"],
    holds: (question) =>
      isJws(question) &&
      [...signedHeaderOf(question).values()].some((value) =>
        /T\d:|\d,\d|[+-]24:/.test(typeof value === "string" ? value : ""),
      ),
  },
  {
    name: "COSE times as floating point numbers",
    reason: "the specification has whole seconds; notation-core-go takes floats, and NaN for no time",
    section: "signature-envelope-cose.md § Protected Headers",
    at: ["integrity"],
    codes: ["ENVELOPE_PROTECTED_HEADER_INVALID"],
    holds: (question) => !isJws(question) && bytesOf(question).includes(Buffer.from([0xc1, 0xfb])),
  },
  {
    name: "COSE countersignatures",
    reason: "RFC 9338; the Notary Project has none but the time stamp, and go-cose parses them without a verdict",
    section: "signature-envelope-cose.md § Unprotected Headers",
    at: ["integrity"],
    codes: ["ENVELOPE_MALFORMED"],
    holds: (question) =>
      [7, 11].some((label) => signedHeaderOf(question).has(label) || unprotectedOf(question).has(label)),
  },
  {
    name: "more than 32 certificates",
    reason: "a bound on what is parsed",
    section: "signature-specification.md § Unsigned Attributes",
    at: ["integrity"],
    codes: ["ENVELOPE_CERTIFICATE_CHAIN_INVALID"],
    holds: (question) => certificatesOf(question).length > 32,
  },
  {
    name: "OCSP responder without the extended key usage, or not valid now",
    reason:
      "golang.org/x/crypto/ocsp takes any certificate of the issuer for a responder: a revoked signer could answer for itself",
    section: "trust-store-trust-policy.md § Revocation Checking with OCSP; RFC 6960 § 4.2.2.2",
    at: ["revocation", "authenticTimestamp"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN"],
    holds: (_question, _theirs, ours) =>
      /its certificate (has no extended key usage OCSPSigning|is valid from)/.test(messagesOf(ours)),
  },
  {
    name: "delta CRL in the place of a base CRL",
    reason: "it lists changes only, so that what was revoked before would be good",
    section: "trust-store-trust-policy.md § CRLs; RFC 5280 § 5.2.4",
    at: ["revocation", "authenticTimestamp"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN"],
    holds: ({ network }, _theirs, ours) =>
      /a delta CRL is served as the base CRL/.test(messagesOf(ours)) &&
      Object.values(network).some(({ body }) => Buffer.from(body, "base64").includes(DELTA_INDICATOR)),
  },
  {
    name: "CRL of an issuer of another name",
    reason: "one key may serve two CAs; notation-core-go compares no names",
    section: "trust-store-trust-policy.md § CRLs; RFC 5280 § 6.3.3",
    at: ["revocation", "authenticTimestamp"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN"],
    holds: (question, _theirs, ours) => /is not signed by/.test(messagesOf(ours)) && hasForeignCrl(question),
  },
  {
    name: "CRL about other certificates, or that does not say which",
    reason:
      "notation-core-go passes over the issuing distribution point; another CRL of the issuer could be sent instead",
    section: "trust-store-trust-policy.md § CRLs; RFC 5280 § 5.2.5, § 6.3.3 (b) (2)",
    at: ["revocation", "authenticTimestamp"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN"],
    holds: ({ network }, _theirs, ours) =>
      /the CRL (is an indirect|is about other|belongs to a distribution)|no valid DER/.test(messagesOf(ours)) &&
      Object.values(network).some(({ body }) => Buffer.from(body, "base64").includes(ISSUING_DISTRIBUTION_POINT)),
  },
  {
    name: "OCSP response about another issuer's certificate",
    reason: "golang.org/x/crypto/ocsp compares serial numbers alone, and two CAs may give the same",
    section: "trust-store-trust-policy.md § Revocation Checking with OCSP; RFC 6960 § 3.2",
    at: ["revocation", "authenticTimestamp"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN"],
    holds: (question, _theirs, ours) =>
      /about another certificate/.test(messagesOf(ours)) && hasForeignOcspResponse(question),
  },
  {
    name: "OCSP response with more than RFC 6960 has, or lengths that do not fit",
    reason: "Go's encoding/asn1 ignores most of what follows the known elements, and the lengths of explicit tags",
    section: "trust-store-trust-policy.md § Revocation Checking with OCSP; RFC 6960 § 4.2.1",
    at: ["revocation", "authenticTimestamp"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN"],
    holds: (question, _theirs, ours) => /no valid DER/.test(messagesOf(ours)) && hasOddOcspResponse(question),
  },
  {
    name: "time stamp with a primitive element in the place of a constructed one",
    reason: "tspclient-go looks at the numbers of these tags alone",
    section: "trust-store-trust-policy.md § Steps; RFC 5652 § 5.1, RFC 5280 § 4.2.1.6",
    at: ["authenticTimestamp"],
    codes: ["TIMESTAMP_NOT_TRUSTED", "TIMESTAMP_MALFORMED"],
    holds: (question) =>
      signerNameTagsOf(question).some((tag) => tag !== 0xa4) || signedDataOf(question).some(({ tag }) => tag === 0x80),
  },
  {
    name: "time stamp with a negative accuracy",
    reason: "it makes a range that ends before it begins",
    section: "trust-store-trust-policy.md § Steps; RFC 3161 § 2.4.2",
    at: ["authenticTimestamp"],
    codes: ["TIMESTAMP_MALFORMED"],
    holds: (_question, _theirs, ours) => /accuracy is negative/.test(messagesOf(ours)),
  },
  {
    name: "time stamp whose content is no DER",
    reason: "Go's encoding/asn1 ignores what follows the known elements of a SEQUENCE, be it DER or not",
    section: "trust-store-trust-policy.md § Steps; RFC 3161 § 2.4.2",
    at: ["authenticTimestamp"],
    codes: ["TIMESTAMP_MALFORMED"],
    holds: (question) => !hasWellFormedTstInfo(question),
  },
  {
    name: "time stamping chain with constraints on names or policies",
    reason: "Go applies them; a time stamping authority needs none",
    section: "signature-specification.md § Certificate Requirements; RFC 5280 § 4.2.1.10, § 4.2.1.11",
    at: ["authenticTimestamp"],
    codes: ["TIMESTAMP_CERTIFICATE_INVALID", "TIMESTAMP_NOT_TRUSTED"],
    holds: (question) =>
      CONSTRAINTS.some((constraint) => tokenAndStoresOf(question).some((der) => der.includes(constraint))),
  },
  {
    name: "CRL and delta CRL without a number",
    reason: "notation-core-go ends in a nil pointer; here the status is unknown",
    section: "trust-store-trust-policy.md § CRLs; RFC 5280 § 5.2.3",
    at: ["panic"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN", "refused"],
    holds: ({ network }, theirs) => {
      const bodies = Object.values(network).map(({ body }) => Buffer.from(body, "base64"));
      const missing = bodies.some((body) => !body.includes(CRL_NUMBER));
      return /nil pointer/.test(theirs.error ?? "") && missing && bodies.some((body) => body.includes(FRESHEST_CRL));
    },
  },
  {
    name: "OCSP address that is no URL",
    reason: "notation-core-go ends in a nil pointer; here the status is unknown, and nothing else is asked",
    section: "trust-store-trust-policy.md § OCSP; RFC 3986 § 2.1",
    at: ["panic"],
    codes: ["REVOCATION_UNKNOWN", "TIMESTAMP_REVOCATION_UNKNOWN", "refused"],
    holds: (question, theirs) => /nil pointer/.test(theirs.error ?? "") && hasForeignOcspAddress(question),
  },
  {
    name: "trust policy followed by more",
    reason: "Go's decoder reads one value and stops",
    section: "trust-store-trust-policy.md § Trust Policy Constraints",
    at: ["policy"],
    codes: ["POLICY_SYNTAX"],
    holds: ({ policy }) => beginsWithValue(policy),
  },
  {
    name: "trust policy with a key twice",
    reason: "Go takes the last one, or merges them",
    section: "trust-store-trust-policy.md § Trust Policy Constraints",
    at: ["policy"],
    codes: ["POLICY_DUPLICATE_KEY"],
    holds: ({ policy }) => hasDuplicateKey(policy),
  },
  {
    name: "trust policy with unknown or miscased fields",
    reason: "a field that is not known could be a rule that somebody relies on",
    section: "trust-store-trust-policy.md § Trust Policy Properties",
    at: ["policy"],
    codes: ["POLICY_UNKNOWN_FIELD"],
    holds: ({ policy }) => hasForeignField(policy),
  },
  {
    name: "skip for the scope *",
    reason: "the specification forbids it; notation-go lets it pass",
    section: "trust-store-trust-policy.md § Signature Verification details",
    at: ["policy"],
    codes: ["SKIP_WITH_GLOBAL_SCOPE"],
    holds: (_question, theirs) => theirs.kind === "skipped",
  },
  {
    name: "trust stores called . or ..",
    reason: "they lead out of the trust store",
    section: "trust-store-trust-policy.md § Trust Store",
    at: ["policy"],
    codes: ["TRUST_STORE_NAME_INVALID"],
    holds: ({ policy }) => /"(ca|signingAuthority|tsa):\.\.?"/.test(policy),
  },
  {
    name: "trusted identities of another type",
    reason: "notation-go leaves them to a plugin; here nothing would judge them",
    section: "trust-store-trust-policy.md § Trusted Identities Constraints",
    at: ["policy"],
    codes: ["TRUSTED_IDENTITY_TYPE_UNSUPPORTED"],
    holds: ({ policy }) =>
      statementsOf(policy).some(({ trustedIdentities }) =>
        trustedIdentities?.some((identity) => identity !== "*" && !identity.startsWith("x509.subject:")),
      ),
  },
  {
    name: "distinguished names that are not UTF-8",
    reason: "no certificate's subject can be equal to one",
    section: "trust-store-trust-policy.md § Trusted Identities Constraints",
    at: ["policy"],
    codes: ["DISTINGUISHED_NAME_INVALID"],
    holds: ({ policy }) => /\\\\[89a-f][0-9a-f]/i.test(policy),
  },
  {
    name: "trust stores that are missing, empty or hold what they may not",
    reason: "a declaration must be right before anything is written; notation-go finds it when it verifies",
    section: "trust-store-trust-policy.md § Trust Store",
    at: ["policy"],
    codes: [
      "TRUST_STORE_MISSING",
      "TRUST_STORE_EMPTY",
      "TRUST_STORE_CERTIFICATE_INVALID",
      "TRUST_STORE_CERTIFICATE_NOT_A_ROOT",
    ],
    // Node takes some certificates that Go does not: then notation-go must have failed as well, or said so of the store.
    holds: (question, theirs) => theirs.kind === "failed" || hasUnfitStore(question) || refusesCertificate(theirs),
  },
];

/** The names for all that two verdicts differ in; undefined when there is none for a part of it, or nothing differs. */
export function differencesOf(question: Case, ours: Verdict, theirs: Answer): Difference[] | undefined {
  const partings = partingsOf(ours, theirs) ?? [];
  const found = partings.flatMap(
    (parting) =>
      DIFFERENCES.find(
        ({ at, codes, holds }) =>
          at.includes(parting.at) && codes.includes(parting.code) && (holds?.(question, theirs, ours) ?? true),
      ) ?? [],
  );
  return found.length > 0 && found.length === partings.length ? found : undefined;
}

function refusesCertificate({ error, results = [] }: Answer): boolean {
  return [error, ...results.map((result) => result.error)].some((text) =>
    // The last one of a token that carries the store's certificate.
    /x509: |malformed \w+ certificate|trusted certificate \S+ in trust store|decoding BER length octets/.test(
      text ?? "",
    ),
  );
}

/** id-ce-nameConstraints, id-ce-policyConstraints. */
const CONSTRAINTS = [Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e]), Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x24])];

function tokenAndStoresOf(question: Case): Buffer[] {
  const stores = Object.values(question.stores).flat();
  return [
    tokenOf(question) ?? Buffer.alloc(0),
    ...stores.map((pem) => Buffer.from(pem.replace(/-----.*-----|\s/g, ""), "base64")),
  ];
}

const messagesOf = ({ outcomes }: Verdict) => outcomes.map(({ message }) => message ?? "").join("\n");

function hasLooseBase64(question: Case): boolean {
  const jws = jwsOf(question);
  if (!jws) return false;
  const loose = (encoding: "base64" | "base64url") => (text: unknown) =>
    typeof text === "string" && Buffer.from(text, encoding).toString(encoding) !== text;
  const x5c = Array.isArray(jws.header?.x5c) ? (jws.header.x5c as unknown[]) : [];
  const token = jws.header?.["io.cncf.notary.timestampSignature"];
  return [...x5c, token].some(loose("base64")) || [jws.payload, jws.protected, jws.signature].some(loose("base64url"));
}

/** Whether a JSON value is at the start of a text, and something behind it. */
function beginsWithValue(text: string): boolean {
  for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}", end + 1)) {
    try {
      JSON.parse(text.slice(0, end + 1));
      return text.slice(end + 1).trim() !== "";
    } catch {
      // Not yet the end of the value.
    }
  }
  return false;
}
