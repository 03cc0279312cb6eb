import { messageOf } from "../errors";
import { resolvePath } from "../files/paths";
import type { RegistryConnection, Repository } from "../oci/repository";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { ImageError } from "./error";
import { openRepository, scopeOf } from "./pinnedImage";
import { pushImage } from "./push";
import { openImageSource } from "./source";

export interface PushedImageInputs {
  /** OCI layout folder, OCI archive or `docker save` archive; relative to the project's folder, or absolute. */
  readonly source: string;
  readonly registry: RegistryConnection;
  readonly repository: string;
  readonly tag: string;
  /** A permission: the tag may be taken from other content that it points to. */
  readonly acceptTag?: boolean;
  /** What the source's bytes are; computed by `check`, so that a preview knows it. */
  readonly digest?: string;
  readonly mediaType?: string;
  readonly size?: number;
}

/**
 * An image of ours in a registry. Its digest comes from the bytes of the source, never from asking the registry what the
 * tag says; a tag that points to content which is not ours is left alone unless that is accepted. Deleting it deletes
 * nothing: the registry may be others' as well.
 */
export const pushedImage: ResourceDefinition<PushedImageInputs, Record<never, never>> = {
  compared: ["registry", "repository", "tag", "digest"],

  async check(news) {
    try {
      const { root } = await openImageSource(resolvePath(news.source));
      return { ...news, digest: root.digest, mediaType: root.mediaType, size: root.size };
    } catch (error) {
      throw new PropertyError("source", messageOf(error), { cause: error });
    }
  },

  async create(inputs) {
    await push(inputs, undefined);
    return { id: `${scopeOf(inputs)}:${inputs.tag}`, outputs: {} };
  },

  async observe(state) {
    const repository = openRepository(state);
    const name = `${scopeOf(state)}:${state.tag}`;
    const tagged = await repository.resolve(state.tag);
    if (tagged !== undefined && tagged.digest !== state.digest) {
      return { drift: `tag ${name} was moved to ${tagged.digest}; declared is ${state.digest}` };
    }
    const there = tagged ?? (await repository.resolve(digestOf(state)));
    if (there === undefined) return { drift: `${scopeOf(state)}@${state.digest} is not in the registry` };
    return { drift: tagged === undefined ? `tag ${name} is missing` : "" };
  },

  async update(state, inputs) {
    await push(inputs, scopeOf(state) === scopeOf(inputs) ? state.digest : undefined);
    return {};
  },

  async delete() {},
};

async function push(inputs: PushedImageInputs, ownDigest: string | undefined): Promise<void> {
  const source = await openImageSource(resolvePath(inputs.source));
  const repository = openRepository(inputs);
  if (source.root.digest !== inputs.digest) {
    throw new ImageError(
      "SOURCE_CHANGED",
      `${inputs.source} is ${source.root.digest} by now, but ${inputs.digest} was planned; nothing was pushed. Run again`,
    );
  }
  const permit = () => requireOwnTag(inputs, repository, ownDigest);
  await pushImage(source, repository, { tag: inputs.tag, permit });
}

/** Refuses a tag that points to content which is neither declared now nor was pushed by this resource before. */
async function requireOwnTag(
  inputs: PushedImageInputs,
  repository: Repository,
  ownDigest: string | undefined,
): Promise<void> {
  const tagged = await repository.resolve(inputs.tag);
  if (tagged === undefined || tagged.digest === inputs.digest || tagged.digest === ownDigest) return;
  if (inputs.acceptTag) return;
  throw new ImageError(
    "TAG_MOVED",
    `tag ${scopeOf(inputs)}:${inputs.tag} points to ${tagged.digest}, but ${inputs.digest} is declared. ` +
      "Nothing was signed or overwritten. Find out who moved it; `npm start -- --accept-tag` points it back to what is declared",
  );
}

function digestOf(inputs: PushedImageInputs): string {
  if (inputs.digest === undefined) throw new Error("check computes the digest before anything is pushed");
  return inputs.digest;
}
