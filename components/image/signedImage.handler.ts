import { readFile } from "node:fs/promises";
import { resolvePath } from "../files/paths";
import { localSigner } from "../notary/signing/localSigner";
import { compileTrust, type TrustDeclaration } from "../notary/trust/declaration";
import type { ResourceDefinition } from "../provider/definition";
import { sameJson } from "../provider/wire";
import type { Weaker } from "./acceptWeaker";
import type { KeptSignature } from "./keptSignature";
import { type PinnedImage, partsOf } from "./pinnedImage";
import { type Ports, realPorts } from "./ports";
import { attachSignature, isAttached, whyRenewed } from "./signature";
import { checkSignatureOptions, type SignatureOptions } from "./signatureOptions";
import type { Signing } from "./signing";
import { requireThere } from "./tagContent";

export interface SignedImageInputs extends SignatureOptions {
  readonly image: PinnedImage;
  readonly identity: {
    /** PEM, leaf first. */
    readonly certificate: string;
    /** PKCS#8 PEM, relative to the project's folder; read only when something is to be signed. */
    readonly keyFile: string;
  };
  /** What the signature must pass before it is pushed. */
  readonly trust: TrustDeclaration;
  /** What this trust lets pass only weakly, and may. */
  readonly acceptWeaker?: readonly Weaker[];
}

/** The signatures, kept byte for byte: a deleted one is attached again without the key. */
export interface SignedImageOutputs {
  readonly signature: KeptSignature;
  /** Of an index: the signature of each manifest below it, by that manifest's digest. */
  readonly childSignatures?: Readonly<Record<string, KeptSignature>>;
}

/**
 * An image with a signature of an identity: verified in memory under the declared trust, then pushed. An index is signed after all
 * that is below it, each with a signature of its own. A signature that is not as declared any more, or that expired, gets a
 * successor; it stays in the registry. Deleting the resource deletes none.
 */
export function signedImageWith(ports: Ports): ResourceDefinition<SignedImageInputs, SignedImageOutputs> {
  return {
    compared: ["image", "identity", "trust", "acceptWeaker", "format", "expiry", "userMetadata", "timestamp"],

    async check(news) {
      checkSignatureOptions(news);
      return news;
    },

    async create(inputs) {
      const outputs = await attachAll(inputs, undefined, ports);
      return { id: outputs.signature.digest, outputs };
    },

    async observe(state) {
      const drifts: string[] = [];
      for (const image of partsOf(state.image)) {
        const drift = await driftOf(state, image, ports);
        if (drift !== "") drifts.push(drift);
      }
      return { drift: drifts.join("; ") };
    },

    async update(state, inputs) {
      return await attachAll(inputs, state, ports);
    },

    async delete() {},
  };
}

async function attachAll(
  inputs: SignedImageInputs,
  state: (SignedImageInputs & SignedImageOutputs) | undefined,
  ports: Ports,
): Promise<SignedImageOutputs> {
  // Registries take signatures of what they have not: an image that was deleted since the preview would look signed.
  await requireThere(inputs.image);
  // Which authority stamped a signature can't be told from its declaration, so any change asks for a new one.
  const outdated = state !== undefined && !sameJson(state.timestamp, inputs.timestamp);
  const signing = signingOf(inputs);
  const attach = async (image: PinnedImage) => {
    const earlier = state && keptOf(state, image);
    return await attachSignature({ ...signing, image }, earlier && { signature: earlier, outdated }, ports);
  };
  const childSignatures: Record<string, KeptSignature> = {};
  for (const image of partsOf(inputs.image)) {
    if (image.digest !== inputs.image.digest) childSignatures[image.digest] = await attach(image);
  }
  const signature = await attach(inputs.image);
  return { signature, ...(Object.keys(childSignatures).length > 0 && { childSignatures }) };
}

async function driftOf(
  state: SignedImageInputs & SignedImageOutputs,
  image: PinnedImage,
  ports: Ports,
): Promise<string> {
  const kept = keptOf(state, image);
  if (kept === undefined) return `${image.digest} has no signature`;
  if (!(await isAttached(image, kept))) return `signature ${kept.digest} is not in the registry`;
  return await whyRenewed({ ...signingOf(state), image }, kept, ports);
}

/** What an earlier run left for a manifest, be it the image itself or below it. */
function keptOf(state: SignedImageInputs & SignedImageOutputs, { digest }: PinnedImage): KeptSignature | undefined {
  return digest === state.image.digest ? state.signature : state.childSignatures?.[digest];
}

export const signedImage = signedImageWith(realPorts);

function signingOf({ identity, trust, ...rest }: SignedImageInputs): Signing {
  const { certificate, keyFile } = identity;
  const privateKey = () => readFile(resolvePath(keyFile), "utf8");
  const signer = async () => localSigner({ privateKey: await privateKey(), certificateChain: certificate });
  return { ...rest, trust: compileTrust(trust), certificate, signer };
}
