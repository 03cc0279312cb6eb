import { resolvePath } from "../../../components/files/paths";
import { type PinnedImage, partsOf, referenceOf } from "../../../components/image/pinnedImage";
import { isUnknown } from "../../../components/provider/wire";
import type { StateImage } from "../../../components/review/inventory/context";
import { openStackIfThere } from "../engine";
import { stackNamed } from "../stackName";

interface StateResource {
  readonly type: string;
  readonly inputs?: { readonly image?: PinnedImage };
}

/** The gate of an image: what a stack vouches for. */
const VERIFIED_IMAGE = /^pulumi-nodejs:dynamic\/.*:VerifiedImage$/;

/** The images that stacks on this machine have signed and verified, each with the parts of an index, from the engine's state. */
export async function stateImages(stacks: readonly string[]): Promise<StateImage[]> {
  const images: StateImage[] = [];
  for (const name of stacks) {
    const stack = await openStackIfThere(stackNamed(name), async () => ({}));
    if (stack === undefined) continue;
    const { deployment } = await stack.exportStack();
    const { resources = [] } = (deployment ?? {}) as { resources?: StateResource[] };
    for (const { type, inputs } of resources) {
      const image = VERIFIED_IMAGE.test(type) ? inputs?.image : undefined;
      if (image === undefined || isUnknown(image)) continue;
      images.push(...partsOf(image).map((part) => ({ reference: referenceOf(part), connection: absolute(part) })));
    }
  }
  return images;
}

/** Paths in state are relative to the project's folder. */
function absolute({ registry }: PinnedImage): PinnedImage["registry"] {
  const { caFile, dockerConfig, ...rest } = registry;
  return {
    ...rest,
    ...(caFile !== undefined && { caFile: resolvePath(caFile) }),
    ...(dockerConfig !== undefined && { dockerConfig: resolvePath(dockerConfig) }),
  };
}
