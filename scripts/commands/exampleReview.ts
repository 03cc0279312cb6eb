import path from "node:path";
import { resolvePath } from "../../components/files/paths";
import { runCommand, say, show } from "./command";
import { CommandError } from "./error";
import { requireEmpty } from "./exampleReview/folder";
import { writeImages } from "./exampleReview/images";
import { commitExample } from "./exampleReview/project";
import { makeSigners } from "./exampleReview/signers";

const HELP = `npm run example:review [-- DIR]
Makes a scratch repository with the trust of a registry, and a branch \`widen-trust\` that a pull request could have; a dozen signed
images beside it. Then it prints the command that reviews the branch. No network, no registry, no key is kept.

  DIR      where (.breakwater/example-review): an empty folder, or that of an earlier example, which is made anew
  --help   this text

Exit codes: 0 done, 1 failed, 2 wrong usage.`;

const FOLDER = ".breakwater/example-review";
export const BASE = "main";
export const HEAD = "widen-trust";

/** `npm run example:review`; resolves to its exit code. */
export function exampleReview(args: readonly string[]): Promise<number> {
  return runCommand(async () => {
    if (args.includes("--help") || args.includes("-h")) return show(HELP);
    const [given, ...rest] = args;
    if (rest.length > 0 || given?.startsWith("-")) {
      throw new CommandError(
        "USAGE",
        "give one folder, or none. `npm run example:review -- --help` shows what there is",
      );
    }
    const here = process.env.INIT_CWD ?? process.cwd();
    const folder = given === undefined ? resolvePath(FOLDER) : path.resolve(here, given);
    await requireEmpty(folder);
    const signers = await makeSigners(new Date());
    const images = await writeImages(path.join(folder, "images"), signers, new Date());
    commitExample(path.join(folder, "repository"), { base: BASE, head: HEAD }, { signers, images, now: new Date() });
    say(
      `Made ${folder}: a repository whose branch ${HEAD} changes the trust of ${BASE}, and ${images.length} signed images. Review it:`,
    );
    show(reviewCommand(path.relative(here, folder) || ".", [...new Set(images.map(({ repository }) => repository))]));
  });
}

function reviewCommand(folder: string, repositories: readonly string[]): string {
  const inventories = repositories.map((repository) => {
    const layout = `${folder}/images/${repository.split("/").at(-1)}`;
    return `--inventory ${quoted(`oci-layout:${layout}=${repository}`)}`;
  });
  const parts = [
    `npm run review -- --repository ${quoted(`${folder}/repository`)} --base ${BASE} --head ${HEAD}`,
    ...inventories,
    `--output ${quoted(`${folder}/review.md`)} --output ${quoted(`${folder}/review.html`)}`,
  ];
  return parts.join(" \\\n  ");
}

/** For a shell, where it needs to be. */
function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
