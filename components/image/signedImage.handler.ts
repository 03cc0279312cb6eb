import { readFile } from "node:fs/promises";
import { resolvePath } from "../files/paths";
import type { TrustDeclaration } from "../notary/trust/declaration";
import type { ResourceDefinition } from "../provider/definition";
import type { PinnedImage } from "./pinnedImage";
import { attachSignature, isAttached, type KeptSignature, type Signing } from "./signature";

export interface SignedImageInputs {
  readonly image: PinnedImage;
  readonly identity: {
    /** PEM, leaf first. */
    readonly certificate: string;
    /** PKCS#8 PEM, relative to the project's folder; read only when something is to be signed. */
    readonly keyFile: string;
  };
  /** What the signature must pass before it is pushed. */
  readonly trust: TrustDeclaration;
}

/** The signature, kept byte for byte: a deleted one is attached again without the key. */
export interface SignedImageOutputs {
  readonly signature: KeptSignature;
}

/**
 * An image with a signature of an identity: verified in memory under the declared trust, then pushed, then verified again
 * from the registry. Deleting the resource deletes no signature.
 */
export const signedImage: ResourceDefinition<SignedImageInputs, SignedImageOutputs> = {
  compared: ["image", "identity", "trust"],

  async create(inputs) {
    const signature = await attachSignature(signingOf(inputs), undefined);
    return { id: signature.digest, outputs: { signature } };
  },

  async observe(state) {
    const attached = await isAttached(state.image, state.signature);
    return { drift: attached ? "" : `signature ${state.signature.digest} is not in the registry` };
  },

  async update(state, inputs) {
    return { signature: await attachSignature(signingOf(inputs), state.signature) };
  },

  async delete() {},
};

function signingOf({ image, identity, trust }: SignedImageInputs): Signing {
  const { certificate, keyFile } = identity;
  return { image, trust, certificate, privateKey: () => readFile(resolvePath(keyFile), "utf8") };
}
