import { listed } from "../../signers/words";
import type { Finding } from "../finding";
import { count } from "../report/words";

/** Ids of contents, as git's: a blob's or, of what is in a folder, a tree's. */
export type ContentIds = ReadonlyMap<string, string>;

export type HashName = "sha1" | "sha256";

/** All files of a side by the ids of their contents: of a commit none is read. */
export interface ProgramFiles {
  /** How the ids are made; undefined where they can be made either way. */
  readonly hash: HashName | undefined;
  /** Names at the top that it can't tell about: what is built or installed there and is in no commit. */
  readonly untold: readonly string[];
  /** The names at the top, with the ids of what is below, where those are known without a look. */
  top(): ReadonlyMap<string, string | undefined>;
  /** The files below a name of the top, or that file itself, by path. */
  files(name: string, hash: HashName): ContentIds;
}

/** Trust and config have findings of their own. */
const REVIEWED = [
  /^Pulumi\.(yaml|yml|json)$/,
  /^stacks\/(Pulumi\.[^/]+\.yaml|rules\.yaml|exceptions\.yaml)$/,
  /^stacks\/[^/]+\/trust\//,
];
const DOCUMENTS =
  /(\.(md|markdown|adoc|rst|txt|html?|pdf|png|jpe?g|gif|svg)|^LICENSE|^NOTICE|\.gitignore|\.editorconfig)$/i;
/** At the top; nothing of the program is there. */
const ASIDE = ["test", "tests", "docs", "doc"];
const TESTS = /\.(test|spec)\.[cm]?[jt]sx?$/;

/**
 * One finding for all that changes beside trust, documents and tests: it is no trust, but the code that judges, signs and pushes, or
 * what that is made of. Nobody should take a review of trust for one of code.
 * @param paths that changed
 * @param folders that images of the base are made from: these have findings of their own
 */
export function programChanged(paths: readonly string[], folders: readonly string[] = []): Finding[] {
  const changed = paths.filter((path) => isProgram(path) && !folders.some((folder) => isWithin(path, folder)));
  if (changed.length === 0) return [];
  const tops = [...new Set(changed.map(topOf))].sort();
  const sentence = `The change edits ${count(changed.length, "file")} of the program itself (in ${listed(tops)}). This review looks at trust and config, and not at code: read there what would judge, sign and push from now on.`;
  return [
    {
      kind: "program-changed",
      severity: "medium",
      direction: "neutral",
      stack: "",
      subject: tops.join(", "),
      sentence,
    },
  ];
}

/** Every file that differs, whatever it is for, by path; none where a side is no project. */
export function changedFiles(base: ProgramFiles | undefined, head: ProgramFiles | undefined): string[] {
  if (!base || !head) return [];
  const hash = base.hash ?? head.hash ?? "sha1";
  const [before, after] = [base.top(), head.top()];
  const untold = [...base.untold, ...head.untold];
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => !untold.includes(name)).sort();
  return names.flatMap((name) => {
    const known = before.get(name);
    if (known !== undefined && known === after.get(name)) return [];
    const [was, is] = [base.files(name, hash), head.files(name, hash)];
    const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
    return paths.filter((path) => was.get(path) !== is.get(path));
  });
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isProgram(path: string): boolean {
  const isAside = ASIDE.includes(topOf(path)) || DOCUMENTS.test(path) || TESTS.test(path);
  return !isAside && !REVIEWED.some((pattern) => pattern.test(path));
}

function topOf(path: string): string {
  return path.split("/")[0] ?? path;
}
