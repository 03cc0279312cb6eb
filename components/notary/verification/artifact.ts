import type { Descriptor } from "../descriptor";
import type { EnvelopeContent } from "../envelope/content";
import { parsePayload } from "../payload";
import { quoted } from "../quoted";
import { failureOf } from "./integrity";
import type { Failure } from "./verdict";

/**
 * Whether the signature is one of this artifact: media type, digest and size of the payload's descriptor are its own,
 * and the user's metadata are among the
 * annotations. No level relaxes it. Source: trust-store-trust-policy.md § Steps; notation-go verifier.Verify,
 * verifyUserMetadata.
 */
export function checkArtifact(
  content: EnvelopeContent,
  artifact: Descriptor,
  userMetadata: Readonly<Record<string, string>>,
): Failure | undefined {
  let signed: Descriptor;
  try {
    signed = parsePayload(content.payload.content);
  } catch (error) {
    return failureOf(error);
  }
  if (signed.digest !== artifact.digest || signed.mediaType !== artifact.mediaType || signed.size !== artifact.size) {
    return {
      code: "ARTIFACT_MISMATCH",
      message: `the signature is of ${quoted(signed.digest)}, not of this artifact ${artifact.digest}, or differs in media type or size: sign this artifact`,
    };
  }
  const annotations = signed.annotations ?? {};
  const differs = Object.entries(userMetadata).find(
    ([key, value]) => !Object.hasOwn(annotations, key) || annotations[key] !== value,
  );
  if (differs) {
    return {
      code: "USER_METADATA_MISMATCH",
      message: `the signature does not have the user metadata ${quoted(differs[0])} as required: sign with it`,
    };
  }
  return undefined;
}
