import { readFile } from "node:fs/promises";
import { resolvePath } from "../files/paths";
import { localSigner } from "../notary/signing/localSigner";
import { compileTrust, type TrustDeclaration } from "../notary/trust/declaration";
import type { ResourceDefinition } from "../provider/definition";
import { sameJson } from "../provider/wire";
import type { Weaker } from "./acceptWeaker";
import type { KeptSignature } from "./keptSignature";
import type { PinnedImage } from "./pinnedImage";
import { type Ports, realPorts } from "./ports";
import { attachSignature, isAttached, whyRenewed } from "./signature";
import { checkSignatureOptions, type SignatureOptions } from "./signatureOptions";
import type { Signing } from "./signing";

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

/** The signature, kept byte for byte: a deleted one is attached again without the key. */
export interface SignedImageOutputs {
  readonly signature: KeptSignature;
}

/**
 * An image with a signature of an identity: verified in memory under the declared trust, then pushed. A signature that is not
 * as declared any more, or that expired, gets a successor; it stays in the registry. Deleting the resource deletes none.
 */
export function signedImageWith(ports: Ports): ResourceDefinition<SignedImageInputs, SignedImageOutputs> {
  return {
    compared: ["image", "identity", "trust", "acceptWeaker", "format", "expiry", "userMetadata", "timestamp"],

    async check(news) {
      checkSignatureOptions(news);
      return news;
    },

    async create(inputs) {
      const signature = await attachSignature(signingOf(inputs), undefined, ports);
      return { id: signature.digest, outputs: { signature } };
    },

    async observe(state) {
      if (await isAttached(state.image, state.signature)) {
        return { drift: await whyRenewed(signingOf(state), state.signature, ports) };
      }
      return { drift: `signature ${state.signature.digest} is not in the registry` };
    },

    async update(state, inputs) {
      // Which authority stamped a signature can't be told from its declaration, so any change asks for a new one.
      const outdated = !sameJson(state.timestamp, inputs.timestamp);
      return { signature: await attachSignature(signingOf(inputs), { signature: state.signature, outdated }, ports) };
    },

    async delete() {},
  };
}

export const signedImage = signedImageWith(realPorts);

function signingOf({ identity, trust, ...rest }: SignedImageInputs): Signing {
  const { certificate, keyFile } = identity;
  const privateKey = () => readFile(resolvePath(keyFile), "utf8");
  const signer = async () => localSigner({ privateKey: await privateKey(), certificateChain: certificate });
  return { ...rest, trust: compileTrust(trust), certificate, signer };
}
