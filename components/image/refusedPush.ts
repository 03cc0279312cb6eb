import { OciError } from "../oci/error";
import { ImageError } from "./error";
import { type PinnedImage, scopeOf } from "./pinnedImage";

/**
 * What a rule of Harbor's means that refused a push, with the way out; undefined for any other error.
 * Source: Harbor's middlewares `immutable` and `quota`.
 */
export function refusedPush(
  error: unknown,
  image: Pick<PinnedImage, "registry" | "repository"> & { readonly tag: string },
): ImageError | undefined {
  if (!(error instanceof OciError)) return undefined;
  const says = (code: string, words: RegExp) =>
    error.registryErrors.some((entry) => entry.code === code && words.test(entry.message));
  if (error.status === 412 && says("PRECONDITION", /immutable/i)) {
    return new ImageError(
      "TAG_IMMUTABLE",
      `tag ${scopeOf(image)}:${image.tag} is immutable by a rule of its project, and names something else than is declared; it ` +
        "was left where it is. Declare another tag, or change the rule",
      { cause: error },
    );
  }
  if (error.status === 403 && says("DENIED", /exceed the configured upper limit/)) {
    return new ImageError(
      "QUOTA_EXCEEDED",
      `${scopeOf(image)}:${image.tag} does not fit into the quota of its project; the tag was left where it is. Give the project ` +
        `a larger one, or delete images and collect garbage, then run again. Harbor says: ${error.registryErrors[0]?.message}`,
      { cause: error },
    );
  }
  return undefined;
}
