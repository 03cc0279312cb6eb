import { type EnvelopeContent, VERIFICATION_PLUGIN_ATTRIBUTES } from "../envelope/content";
import { quoted } from "../quoted";
import type { Failure } from "./verdict";

/**
 * What a signature demands of its verifier and this one does not know. It fails whatever the level:
 * signature-specification.md § Extended attributes, § Guidelines for implementations.
 *
 * notation-go fails a signature that asks for a plugin it has not; without such an attribute it lets unknown critical
 * ones pass, against the specification ("MUST cause signature verification to fail"), which is followed here.
 */
export function checkSupported({ signedAttributes }: EnvelopeContent): Failure | undefined {
  const { extendedAttributes } = signedAttributes;
  if (extendedAttributes.some(({ key }) => VERIFICATION_PLUGIN_ATTRIBUTES.includes(key))) {
    return {
      code: "VERIFICATION_PLUGIN_UNSUPPORTED",
      message: "the signature asks for a verification plugin; plugins are not supported: sign without one",
    };
  }
  const unknown = extendedAttributes.find(({ critical }) => critical);
  if (unknown) {
    return {
      code: "CRITICAL_ATTRIBUTE_UNKNOWN",
      message: `the signature has the critical attribute ${quoted(unknown.key)}, which is not known: sign without it`,
    };
  }
  return undefined;
}
