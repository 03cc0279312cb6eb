import { below, type FileTree } from "../../files/tree";
import type { Certificate } from "../../notary/certificates/certificate";
import { parseCertificates } from "../../notary/certificates/pem";
import { ReviewError } from "../error";
import { ATTRIBUTES } from "../project/checkout";
import { PROJECT_FILES } from "../project/projectFile";
import { problemOf, readable } from "../readable";
import { readReviewableTrust } from "./reviewableTrust";
import { readSmall } from "./smallFile";
import { type ReadSettings, StackConfigs } from "./stackConfigs";
import type { Readable, StackState, TrustState } from "./state";

/** Where the stacks are. */
export const STACKS = "stacks";
/** What of a commit is read; of the rest a review looks at the ids alone. */
export const REVIEWED = [STACKS, ATTRIBUTES, ...PROJECT_FILES];
/**
 * Its signing identity is thrown away, and its trust is made as it comes up: nothing that a review could judge. No Harbor hides
 * behind the name: a stack `local` with `environment: harbor` is refused, before any rule is looked at.
 */
const THROWN_AWAY = "local";
const POLICY_FILES = ["trustpolicy.json", "trustpolicy.oci.json"];
const CONFIG = /^Pulumi\.([A-Za-z0-9][A-Za-z0-9_.-]{0,99})\.yaml$/;
const KEY = /^([a-zA-Z0-9_.-]{1,64})\.crt$/;

/**
 * The trust of one side: every stack of a project that has a trust folder or a config; of a folder in notation's own layout the one
 * "stack" of the folder's name, or of another. What can't be read is a problem of that part alone.
 * @throws TreeError
 */
export function readState(
  tree: FileTree,
  name: string,
  readSettings: ReadSettings,
  stack: string = folderName(name),
): TrustState {
  const configs = new StackConfigs(tree, readSettings);
  if (isTrustFolder(tree)) {
    return { name, stacks: new Map([[stack, readPlace(tree, { stack, folder: "" }, configs)]]) };
  }
  const stacks = stacksOf(tree).map((stack): [string, StackState] => [
    stack,
    readPlace(tree, committed(stack), configs),
  ]);
  return { name, stacks: new Map(stacks) };
}

/** Whether a tree is a folder in notation's own layout; a project stays one, whatever lies beside its stacks. */
export function isTrustFolder(tree: FileTree): boolean {
  return tree.entry(STACKS) === undefined && POLICY_FILES.some((file) => tree.entry(file) !== undefined);
}

/** The last part of a path. */
export function folderName(name: string): string {
  return name.split("/").filter(Boolean).at(-1) ?? name;
}

/** Where a stack's parts are in a tree. */
export interface StackPlace {
  readonly stack: string;
  /** In notation's layout. */
  readonly folder: string;
  readonly config?: string;
}

/** Where a project has them committed. */
export function committed(stack: string): StackPlace {
  return { stack, folder: below(STACKS, stack, "trust"), config: below(STACKS, `Pulumi.${stack}.yaml`) };
}

/** One stack of a tree. @throws TreeError */
export function readStack(tree: FileTree, place: StackPlace, readSettings: ReadSettings): StackState {
  return readPlace(tree, place, new StackConfigs(tree, readSettings));
}

function readPlace(tree: FileTree, { stack, folder, config }: StackPlace, configs: StackConfigs): StackState {
  return {
    stack,
    trust: whereThere(tree, folder, () => readReviewableTrust(tree, folder)),
    identities: identitiesOf(tree, below(folder, "localkeys")),
    settings: config === undefined ? undefined : settingsOf(tree, { stack, config }, configs),
  };
}

function settingsOf(
  tree: FileTree,
  { stack, config }: { readonly stack: string; readonly config: string },
  configs: StackConfigs,
): StackState["settings"] {
  const project = configs.project();
  if ("problem" in project) return project;
  return whereThere(tree, config, () => configs.read(stack, config));
}

/** The stacks of a project that have a trust folder or a config. @throws ReviewError where they are behind a link */
export function stacksOf(tree: FileTree): string[] {
  if (isLink(tree, STACKS)) throw notFollowed(tree, STACKS);
  const names = (tree.entry(STACKS)?.kind === "folder" ? tree.names(STACKS) : []).flatMap((name) => {
    const configured = CONFIG.exec(name)?.[1];
    if (configured !== undefined) return [configured];
    const place = below(STACKS, name);
    return isLink(tree, place) || tree.entry(below(place, "trust")) !== undefined ? [name] : [];
  });
  return [...new Set(names)].filter((name) => name !== THROWN_AWAY).sort();
}

/** The committed certificates of signing identities, where notation keeps them. */
function identitiesOf(tree: FileTree, folder: string): StackState["identities"] {
  const files = tree.entry(folder)?.kind === "folder" ? tree.names(folder) : [];
  return new Map(
    files.flatMap((file): [string, Readable<readonly Certificate[]>][] => {
      const name = KEY.exec(file)?.[1];
      if (name === undefined) return [];
      const path = below(folder, file);
      return [[name, readable(path, () => parseCertificates(readSmall(tree, path)))]];
    }),
  );
}

/** Undefined where the tree has nothing of that name; what may be behind a link is not known. */
function whereThere<Value>(tree: FileTree, path: string, read: () => Value): Readable<Value> | undefined {
  const folder = path.split("/").slice(0, -1).join("/");
  if (folder !== "" && isLink(tree, folder)) return { problem: problemOf(notFollowed(tree, folder), path) };
  return tree.entry(path) === undefined ? undefined : readable(path, read);
}

/** A symbolic link, or a submodule. */
function isLink(tree: FileTree, path: string): boolean {
  const kind = tree.entry(path)?.kind;
  return kind === "symlink" || kind === "other";
}

function notFollowed(tree: FileTree, path: string): ReviewError {
  return new ReviewError(
    "REVIEW_FILE_UNREADABLE",
    `${tree.shown(path)} is no folder (links and submodules are not followed): put the folder itself there`,
  );
}
