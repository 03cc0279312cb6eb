import type { TrustDeclaration } from "../notary/trust/declaration";
import type { ArtifactVerdict } from "../notary/verification/verdict";
import type { ResourceDefinition } from "../provider/definition";
import { ImageError } from "./error";
import { type PinnedImage, referenceOf } from "./pinnedImage";
import { evaluate, whyNotTrusted } from "./verdict";

export interface VerifiedImageInputs {
  readonly image: PinnedImage;
  readonly trust: TrustDeclaration;
}

export interface VerifiedImageOutputs {
  /** `host/repository@digest`. */
  readonly reference: string;
  /** Of the last evaluation; for people. Nothing decides by it: every preview and `up` evaluates afresh. */
  readonly verdict: ArtifactVerdict;
}

/** A gate: it has the image's reference only if the image verifies now, and fails `up` with the rule that failed. */
export const verifiedImage: ResourceDefinition<VerifiedImageInputs, VerifiedImageOutputs> = {
  compared: ["image", "trust"],
  observeInDiff: true,

  async create(inputs) {
    return { id: referenceOf(inputs.image), outputs: await pass(inputs) };
  },

  async observe(state) {
    const verdict = await evaluate(state.image, state.trust);
    return { drift: whyNotTrusted(state.image, verdict), outputs: { verdict } };
  },

  async update(_state, inputs) {
    return await pass(inputs);
  },

  async delete() {},
};

async function pass({ image, trust }: VerifiedImageInputs): Promise<VerifiedImageOutputs> {
  const verdict = await evaluate(image, trust);
  const why = whyNotTrusted(image, verdict);
  if (why !== "") {
    throw new ImageError("IMAGE_NOT_VERIFIED", `${why}. Nothing that consumes this image was changed`);
  }
  return { reference: referenceOf(image), verdict };
}
