import type { Deployment } from "@pulumi/pulumi/automation";
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
    if (stack !== undefined) images.push(...imagesIn(await stack.exportStack()));
  }
  return images;
}

/** Those of one stack's state. */
export function imagesIn({ deployment }: Deployment): StateImage[] {
  const { resources = [] } = (deployment ?? {}) as { resources?: StateResource[] };
  return resources.flatMap(({ type, inputs }) => {
    const image = VERIFIED_IMAGE.test(type) ? inputs?.image : undefined;
    if (image === undefined || isUnknown(image)) return [];
    return partsOf(image).map((part) => ({ reference: referenceOf(part), connection: absolute(part) }));
  });
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
