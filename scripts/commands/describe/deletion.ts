import { type Inputs, list, objectOf, text } from "./fact";
import { projectOf } from "./harbor";

/** What becomes of what a resource stands for, when the resource is deleted. */
export interface Deletion {
  /** In words; empty where there is nothing to tell. */
  readonly words: string;
  /** The engine forgets it, and it stays as it is. */
  readonly isKept: boolean;
}

/** Of what is not deleted itself, since it goes or stays with its owner: whether the owner's data stay. */
export type WithOwner = "stays" | "goes";

const deleted = (words: string): Deletion => ({ words, isKept: false });
const kept = (words: string): Deletion => ({ words, isKept: true });

/** By the last word of the resource's type. */
const DELETIONS: Readonly<Record<string, (inputs: Inputs) => Deletion>> = {
  AcmeCertificate: () => deleted("its files; it is not revoked"),
  FileCertificate: () => kept("its files stay"),
  HarborInstallation: ({ deleteData, dataDirectory }) =>
    deleted(
      deleteData === true
        ? `its containers, and in ${text(dataDirectory)} all images and the database`
        : `its containers; images and database stay in ${text(dataDirectory)}`,
    ),
  HarborProject: () => deleted("if it is empty; one that holds images is kept, and the run fails"),
  HarborRobot: () => deleted("Harbor refuses its login from then on, and those that it replaced"),
  HarborContentTrust: (inputs) =>
    deleted(`while ${projectOf(inputs)} holds images its gate stays closed; that of an empty project is opened`),
  HarborImmutableRule: (inputs) =>
    deleted(`it no longer keeps tags of ${projectOf(inputs)} from being moved or deleted: ${tagsOf(inputs)}`),
  HarborLabel: () => deleted("in Harbor, on all that has it"),
  ShadowCheck: (inputs) => deleted(`its labels in ${projectOf(inputs)}`),
  FileIdentity: ({ keyFile }) => kept(`its key stays: ${text(keyFile)}`),
  SigningIdentity: () => deleted("its key and its certificate: nothing more can be signed with it"),
  Trust: ({ directory }) => deleted(`its files in ${text(directory)}; what is committed stays`),
  PushedImage: ({ repository, tag }) => kept(`${text(repository)}:${text(tag)} stays in the registry`),
  SignedImage: () => kept("the image and its signature stay in the registry"),
  VerifiedImage: () => kept("the image stays in the registry, and is no longer verified by this stack"),
  Registry: ({ directory }) => deleted(`with all images in it, in ${text(directory)}`),
};

export function describeDeletion(kind: string, inputs: Inputs, withOwner?: WithOwner): Deletion {
  if (withOwner === "goes") return deleted("with Harbor's data");
  if (withOwner === "stays") return kept(STAYING[kind] ?? "stays in Harbor's data");
  return (Object.hasOwn(DELETIONS, kind) ? DELETIONS[kind]?.(inputs) : undefined) ?? deleted("");
}

const STAYING: Readonly<Record<string, string>> = {
  HarborProject: "stays in Harbor's data, with its images and their signatures",
  HarborContentTrust: "the gate stays as it is, in Harbor's data",
  HarborImmutableRule: "the rule stays in Harbor's data",
  ShadowCheck: "its labels stay in Harbor's data",
};

function tagsOf({ tags }: Inputs): string {
  const { except } = objectOf(tags);
  return except === undefined ? list(tags) : `all but ${text(except)}`;
}
