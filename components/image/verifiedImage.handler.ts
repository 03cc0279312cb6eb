import type { ArtifactVerdict } from "../notary/verification/verdict";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { requireWeaker, type Weaker } from "./acceptWeaker";
import { ImageError } from "./error";
import { type PinnedImage, partsOf, referenceOf } from "./pinnedImage";
import { type Ports, realPorts } from "./ports";
import { requireThere, whyMissing } from "./tagContent";
import { evaluate, type Gate, type Judgement } from "./verdict";

export interface VerifiedImageInputs extends Gate {
  /** With `children`, each of them must be verified as well: who pulls one by its own digest asks for its own signature. */
  readonly image: PinnedImage;
}

export interface VerifiedImageOutputs {
  /** `host/repository@digest`. */
  readonly reference: string;
  /** Of the last evaluation, of the image or of the part of it that failed; for people. Nothing decides by it: every preview and `up` evaluates afresh. */
  readonly verdict: ArtifactVerdict;
  /** What of `acceptWeaker` the image needed in the last evaluation: for reviewers. */
  readonly accepted: readonly Weaker[];
}

/** A gate: it has the image's reference only if the image verifies now, and fails `up` with the rule that failed. */
export function verifiedImageWith(ports: Ports): ResourceDefinition<VerifiedImageInputs, VerifiedImageOutputs> {
  return {
    compared: ["image", "trust", "acceptWeaker", "userMetadata", "maxSignatures"],
    observeInDiff: true,

    async check(news) {
      if (news.acceptWeaker && !isUnknown(news.acceptWeaker)) requireWeaker(news.acceptWeaker);
      if (news.maxSignatures !== undefined && !isUnknown(news.maxSignatures)) requireMaximum(news.maxSignatures);
      return news;
    },

    async create(inputs) {
      return { id: referenceOf(inputs.image), outputs: await pass(inputs, ports) };
    },

    async observe(state) {
      const missing = await whyMissing(state.image);
      if (missing !== "") return { drift: missing };
      const { verdict, accepted, refusal } = await judgeParts(state, ports);
      return { drift: refusal?.why ?? "", outputs: { verdict, accepted } };
    },

    async update(_state, inputs) {
      return await pass(inputs, ports);
    },

    async delete() {},
  };
}

export const verifiedImage = verifiedImageWith(realPorts);

async function pass(inputs: VerifiedImageInputs, ports: Ports): Promise<VerifiedImageOutputs> {
  await requireThere(inputs.image);
  const { verdict, accepted, refusal } = await judgeParts(inputs, ports);
  if (refusal !== undefined) {
    throw new ImageError(refusal.code, `${refusal.why}. Nothing that consumes this image was changed`);
  }
  return { reference: referenceOf(inputs.image), verdict, accepted };
}

/** The root's verdict, unless a part below it may not be used: then that one's. */
async function judgeParts(inputs: VerifiedImageInputs, ports: Ports): Promise<Judgement> {
  const root = await evaluate(inputs, ports);
  const accepted = new Set(root.accepted);
  if (root.refusal !== undefined) return root;
  for (const image of partsOf(inputs.image).slice(0, -1)) {
    const part = await evaluate({ ...inputs, image }, ports);
    const { refusal } = part;
    if (refusal !== undefined) {
      return { ...part, refusal: { ...refusal, why: `below the index ${inputs.image.digest}, ${refusal.why}` } };
    }
    for (const weaker of part.accepted) accepted.add(weaker);
  }
  return { ...root, accepted: [...accepted] };
}

function requireMaximum(maxSignatures: number): void {
  if (Number.isSafeInteger(maxSignatures) && maxSignatures >= 1) return;
  throw new PropertyError("maxSignatures", `${maxSignatures} is no number of signatures: give a whole one, at least 1`);
}
