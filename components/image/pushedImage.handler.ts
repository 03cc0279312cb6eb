import { messageOf } from "../errors";
import type { Descriptor } from "../oci/descriptor";
import type { RegistryConnection, Repository } from "../oci/repository";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { ImageError } from "./error";
import { openRepository, scopeOf } from "./pinnedImage";
import { pushImage } from "./push";
import { refusedPush } from "./refusedPush";
import { type ImageSource, ImageSourceError, namesContent, withImageSource } from "./source";
import { GATED, lookUp, mayPointTo } from "./tagContent";

export interface PushedImageInputs {
  /**
   * OCI layout folder, OCI archive or `docker save` archive, relative to the project's folder or absolute; or
   * `docker-daemon:NAME[:TAG]`, an image of Docker Engine. In a preview it may be unknown: the image is still to be built.
   */
  readonly source: string;
  readonly registry: RegistryConnection;
  readonly repository: string;
  readonly tag: string;
  /** A permission: the tag may be taken from other content that it points to. */
  readonly acceptTag?: boolean;
  /** What the source was made from, in words for who reviews a preview; it decides nothing. */
  readonly origin?: string;
  /** What the source's bytes are; computed by `check`, so that a preview knows it. */
  readonly digest?: string;
  readonly mediaType?: string;
  readonly size?: number;
  /** Of an index: the manifests below it. */
  readonly children?: readonly Descriptor[];
}

/**
 * An image of ours in a registry. Its digest comes from the bytes of the source, never from asking the registry what the
 * tag says; a tag that points to content which is not ours is left alone unless that is accepted. Deleting it deletes
 * nothing: the registry may be others' as well.
 */
export const pushedImage: ResourceDefinition<PushedImageInputs, Record<never, never>> = {
  // The children follow from the digest; they are compared for the sake of states that do not know them yet.
  compared: ["registry", "repository", "tag", "digest", "children"],

  async check(news, olds) {
    if (isUnknown(news.source)) return news;
    try {
      return { ...news, ...(known(news, olds) ?? (await withSource(news, describe))) };
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
    const digest = digestOf(state);
    const tagged = await lookUp(repository, state.tag);
    if (tagged === GATED) {
      // Unsigned, as ours is before it is signed: its signature is what is missing, and not ours to mend.
      const drift = `tag ${name} was moved to something that is unsigned and gated; declared is ${digest}`;
      return { drift: (await mayPointTo(repository, digest)) ? "" : drift };
    }
    if (tagged !== undefined && tagged.digest !== digest) {
      return { drift: `tag ${name} was moved to ${tagged.digest}; declared is ${digest}` };
    }
    const there = tagged ?? (await lookUp(repository, digest));
    if (there === undefined) return { drift: `${scopeOf(state)}@${digest} is not in the registry` };
    return { drift: tagged === undefined ? `tag ${name} is missing` : "" };
  },

  async update(state, inputs) {
    await push(inputs, state);
    return {};
  },

  async delete() {},
};

async function describe({ root, manifests }: ImageSource) {
  const children = manifests.map(({ descriptor }) => descriptor).filter(({ digest }) => digest !== root.digest);
  const { digest, mediaType, size } = root;
  return { digest, mediaType, size, ...(children.length > 0 && { children }) };
}

/** An image that Docker Engine names by its content is what it was: the engine, which may have dropped it since, is not asked. */
function known({ source }: PushedImageInputs, olds: Partial<PushedImageInputs>) {
  const { digest, mediaType, size, children } = olds;
  if (!namesContent(source) || source !== olds.source) return undefined;
  if (digest === undefined || mediaType === undefined || size === undefined) return undefined;
  return { digest, mediaType, size, ...(children && { children }) };
}

/** `before`: what this resource pushed earlier. */
async function push(inputs: PushedImageInputs, before: PushedImageInputs | undefined): Promise<void> {
  const repository = openRepository(inputs);
  const permit = () => requireOwnTag(inputs, repository, before);
  const pushFrom = async (source: ImageSource): Promise<void> => {
    if (source.root.digest !== inputs.digest) {
      throw new ImageError(
        "SOURCE_CHANGED",
        `${inputs.source} is ${source.root.digest} by now, but ${inputs.digest} was planned; nothing was pushed. ` +
          "Run again; if an image of Docker Engine is another each time, the engine was upgraded: build it anew",
      );
    }
    await pushImage(source, repository, { tag: inputs.tag, permit });
  };
  try {
    await withSource(inputs, pushFrom);
  } catch (error) {
    if (isDropped(inputs, error) && (await pointTag(inputs, repository, permit))) return;
    throw refusedPush(error, inputs) ?? error;
  }
}

/** Points the tag to what the registry holds by the declared digest; false where it does not, or does not give it away. */
async function pointTag(
  { digest = "", mediaType = "", size = 0, tag }: PushedImageInputs,
  repository: Repository,
  permit: () => Promise<string | undefined>,
): Promise<boolean> {
  const there = await lookUp(repository, digest);
  if (there === undefined || there === GATED) return false;
  const { bytes } = await repository.fetchManifest({ mediaType, digest, size });
  if ((await permit()) === digest) return true;
  await repository.pushManifest(bytes, mediaType, tag);
  return true;
}

/** As `withImageSource`; of an image that a `BuiltImage` has built, the error says how it is built again. */
async function withSource<Result>(
  inputs: PushedImageInputs,
  work: (image: ImageSource) => Promise<Result>,
): Promise<Result> {
  try {
    return await withImageSource(inputs.source, work);
  } catch (error) {
    if (inputs.origin === undefined || !isDropped(inputs, error)) throw error;
    throw new ImageSourceError(
      "SOURCE_MISSING",
      `Docker Engine has no more the image ${inputs.source} that it built from ${inputs.origin}; it was removed or pruned. ` +
        "Have it built again: declare another word for `rebuild`, then run again.",
      { cause: error },
    );
  }
}

/** The engine has dropped an image that was there once: its content was named. */
function isDropped({ source }: PushedImageInputs, error: unknown): boolean {
  return error instanceof ImageSourceError && error.code === "SOURCE_MISSING" && namesContent(source);
}

/**
 * What the tag points to, where that is known. Refuses a tag that points to content which is neither declared now nor was pushed by this resource before. Where a gate keeps
 * back what the tag points to, the tag is ours only as far as state shows it: this resource pushed this very tag, and what it
 * pushed is unsigned still, so that it may be what the tag points to. In that case alone somebody who moved the tag to other
 * unsigned content would not be noticed; nobody can have pulled that content through the gate.
 */
async function requireOwnTag(
  inputs: PushedImageInputs,
  repository: Repository,
  before: PushedImageInputs | undefined,
): Promise<string | undefined> {
  const own = before && scopeOf(before) === scopeOf(inputs) ? before : undefined;
  const tagged = await lookUp(repository, inputs.tag);
  if (tagged === undefined) return undefined;
  if (tagged !== GATED) {
    if (inputs.acceptTag || tagged.digest === inputs.digest || tagged.digest === own?.digest) return tagged.digest;
    throw refusal("TAG_MOVED", inputs, `points to ${tagged.digest}`);
  }
  if (inputs.acceptTag) return undefined;
  if (own?.tag === inputs.tag && (await mayPointTo(repository, digestOf(own)))) return undefined;
  if (await mayPointTo(repository, digestOf(inputs)))
    throw refusal("TAG_GATED", inputs, "points to something unsigned that the gate keeps back");
  throw refusal("TAG_MOVED", inputs, "points to something else, which is unsigned and gated");
}

function refusal(code: "TAG_MOVED" | "TAG_GATED", inputs: PushedImageInputs, what: string): ImageError {
  const owner = code === "TAG_MOVED" ? "Find out who moved it" : "It may be what an interrupted run pushed; find out";
  return new ImageError(
    code,
    `tag ${scopeOf(inputs)}:${inputs.tag} ${what}, but ${inputs.digest} is declared. ` +
      `Nothing was signed or overwritten. ${owner}; \`acceptTag: true\` (of the stack local: \`npm start -- --accept-tag\`) ` +
      "points it back to what is declared",
  );
}

function digestOf(inputs: PushedImageInputs): string {
  if (inputs.digest === undefined) throw new Error("check computes the digest before anything is pushed");
  return inputs.digest;
}
