import { parseOptions } from "../options";
import { IMAGE_HELP, IMAGE_OPTIONS, type ImageOptions, ImageOptionsReader, REACHING_HELP } from "./imageOptions";

export const REVIEW_HELP = `npm run review -- --base REF|DIR [--head REF|DIR] [OPTIONS]
Shows what a change of trust means: who may sign what from now on, and which signed images change their verdict. Both
sides are read as they are in git (or in a folder): nothing is checked out, installed or run. The rules and their
exceptions are the base's: stacks/rules.yaml, stacks/exceptions.yaml.

  --base REF|DIR     what is in force: a branch, tag or commit, or a folder (a project, or notation's configuration)
  --head REF|DIR     the change; the project's folder as it is, when left out
  --repository DIR   the project whose trust is reviewed, in git or not; this one, when left out
  --stack NAME       only this stack (may be given again)
  --inventory WHAT   where images are (may be given again); without one nothing is said of images
${IMAGE_HELP}
  --at TIME          judge as of this time (ISO 8601); now, when left out
  --format FORMAT    markdown (for a pull request), json or html; by the output file's name, when left out
  --output FILE      where to write (may be given again, a format each); standard output, when left out
${REACHING_HELP}
  --offline          ask nobody about revocation: unknown, and unknown fails under strict
  --schema           print the JSON Schema of --format json
  --help             this text

Exit codes: 0 no rule is violated; 1 a rule is; 2 it can't be told (an image, an inventory or a side
can't be read; an inventory names no image; wrong usage).

Examples:
  npm run review -- --base origin/main
  npm run review -- --base main --head my-branch --inventory registry:registry.example.com --output review.html`;

const COMMAND = "npm run review --";

export interface ReviewOptions extends ImageOptions {
  readonly base: string;
  /** The project's folder when absent. */
  readonly head: string | undefined;
  /** This project when absent. */
  readonly repository: string | undefined;
}

/** @throws CommandError USAGE */
export function readReviewOptions(args: readonly string[]): ReviewOptions | "help" | "schema" {
  const own = {
    base: { type: "string" },
    head: { type: "string" },
    repository: { type: "string" },
    schema: { type: "boolean" },
  } as const;
  const values = parseOptions(args, { ...IMAGE_OPTIONS, ...own }, COMMAND);
  if (values.help) return "help";
  if (values.schema) return "schema";
  const reader = new ImageOptionsReader(COMMAND);
  if (values.base === undefined) throw reader.usage("--base is missing: what is in force, e.g. --base origin/main");
  const { base, head, repository } = values;
  return { base, head, repository, ...reader.read(values) };
}
