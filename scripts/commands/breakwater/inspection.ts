import type { SignatureAlgorithm } from "../../../components/notary/certificates/keySpec";
import type { Descriptor } from "../../../components/notary/descriptor";
import type { EnvelopeContent } from "../../../components/notary/envelope/content";
import { formatRfc3339 } from "../../../components/notary/envelope/rfc3339";
import { parsePayload } from "../../../components/notary/payload";
import { type Countersignature, readCountersignature } from "./countersignature";
import { type InspectedCertificate, inspectCertificate } from "./inspectedCertificate";

// What a signature says, with the members that `notation inspect -o json` gives it (cmd/notation/inspect.go).

export interface InspectedSignature {
  readonly mediaType: string;
  readonly digest: string;
  readonly signatureAlgorithm: string;
  readonly signedAttributes: Readonly<Record<string, string>>;
  readonly userDefinedAttributes: Readonly<Record<string, string>>;
  readonly unsignedAttributes: {
    readonly timestampSignature?: Countersignature;
    readonly signingAgent?: string;
  };
  readonly certificates: readonly InspectedCertificate[];
  readonly signedArtifact: Descriptor;
}

/** Names of plugin-extensibility.md § describe-key, which notation shows. */
const ALGORITHMS: Readonly<Record<SignatureAlgorithm, string>> = {
  PS256: "RSASSA-PSS-SHA-256",
  PS384: "RSASSA-PSS-SHA-384",
  PS512: "RSASSA-PSS-SHA-512",
  ES256: "ECDSA-SHA-256",
  ES384: "ECDSA-SHA-384",
  ES512: "ECDSA-SHA-512",
};

/** @throws JsonError, EnvelopeError when the payload names no artifact */
export function inspectContent(content: EnvelopeContent, mediaType: string, digest: string): InspectedSignature {
  const { annotations = {}, ...signedArtifact } = parsePayload(content.payload.content);
  const { timestampSignature, signingAgent } = content.unsignedAttributes;
  return {
    mediaType,
    digest,
    signatureAlgorithm: ALGORITHMS[content.signatureAlgorithm],
    signedAttributes: signedAttributesOf(content),
    userDefinedAttributes: annotations,
    unsignedAttributes: {
      ...(timestampSignature && { timestampSignature: readCountersignature(timestampSignature, content.signature) }),
      ...(signingAgent !== undefined && { signingAgent }),
    },
    certificates: content.certificateChain.map(inspectCertificate),
    signedArtifact,
  };
}

function signedAttributesOf({ signedAttributes }: EnvelopeContent): Record<string, string> {
  const { signingScheme, signingTime, expiry, extendedAttributes } = signedAttributes;
  return {
    signingScheme,
    signingTime: formatRfc3339(signingTime),
    ...(expiry && { expiry: formatRfc3339(expiry) }),
    ...Object.fromEntries(extendedAttributes.map(({ key, value }) => [String(key), textOf(value)])),
  };
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  const plain = (_key: string, member: unknown) => (typeof member === "bigint" ? String(member) : member);
  return JSON.stringify(value, plain) ?? String(value);
}
