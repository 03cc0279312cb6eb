import { extname } from "node:path";
import { CommandError } from "../error";
import { parseOptions } from "../options";

export const REVIEW_HELP = `npm run review -- --base REF|DIR [--head REF|DIR] [OPTIONS]
Shows what a change of trust means: who may sign what from now on, and which signed images change their verdict. Both
sides are read as they are in git (or in a folder): nothing is checked out, installed or run. The rules and their
exceptions are the base's: stacks/rules.yaml, stacks/exceptions.yaml.

  --base REF|DIR     what is in force: a branch, tag or commit, or a folder (a project, or notation's configuration)
  --head REF|DIR     the change; this project's folder as it is, when left out
  --stack NAME       only this stack (may be given again)
  --inventory WHAT   where images are (may be given again); without one nothing is said of images
                       state                      what the stacks on this machine have signed
                       registry:HOST[/PREFIX]     every tag of a registry
                       harbor:https://HOST        every artifact of a Harbor
                       pods:FILE | pods:live      what runs: kubectl get pods -A -o json
                       oci-layout:DIR=HOST/REPOSITORY   images and signatures in a folder
                       file:FILE                  references, one a line
  --at TIME          judge as of this time (ISO 8601); now, when left out
  --format FORMAT    markdown (for a pull request), json or html; by the output file's name, when left out
  --output FILE      where to write (may be given again, a format each); standard output, when left out
  --docker-config DIR, --ca-file FILE   how registries are reached; Docker's login and the system's CAs, when left out
  --offline          ask nobody about revocation: unknown, and unknown fails under strict
  --schema           print the JSON Schema of --format json
  --help             this text

Exit codes: 0 no rule is violated; 1 a rule is; 2 it can't be told (an image or a side can't be read; wrong usage).

Examples:
  npm run review -- --base origin/main
  npm run review -- --base main --head my-branch --inventory registry:registry.example.com --output review.html`;

const OPTIONS = {
  base: { type: "string" },
  head: { type: "string" },
  stack: { type: "string", multiple: true },
  inventory: { type: "string", multiple: true },
  at: { type: "string" },
  format: { type: "string" },
  output: { type: "string", multiple: true },
  "docker-config": { type: "string" },
  "ca-file": { type: "string" },
  offline: { type: "boolean" },
  schema: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const FORMATS = ["markdown", "json", "html"] as const;
export type Format = (typeof FORMATS)[number];
const FORMAT_OF: Readonly<Record<string, Format>> = { ".md": "markdown", ".json": "json", ".html": "html" };
/** A day, or a time with its zone. */
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

export interface ReviewOptions {
  readonly base: string;
  /** The project's folder when absent. */
  readonly head: string | undefined;
  readonly stacks: readonly string[] | undefined;
  readonly inventories: readonly string[];
  readonly at: Date | undefined;
  /** Where the report goes; standard output where `file` is absent. */
  readonly outputs: readonly { readonly format: Format; readonly file?: string }[];
  readonly dockerConfig: string | undefined;
  readonly caFile: string | undefined;
  readonly offline: boolean;
}

/** @throws CommandError USAGE */
export function readReviewOptions(args: readonly string[]): ReviewOptions | "help" | "schema" {
  const values = parseOptions(args, OPTIONS, "npm run review --");
  if (values.help) return "help";
  if (values.schema) return "schema";
  if (values.base === undefined) throw usage("--base is missing: what is in force, e.g. --base origin/main");
  return {
    base: values.base,
    head: values.head,
    stacks: values.stack,
    inventories: values.inventory ?? [],
    at: values.at === undefined ? undefined : timeOf(values.at),
    outputs: outputsOf(values.output ?? [], values.format),
    dockerConfig: values["docker-config"],
    caFile: values["ca-file"],
    offline: values.offline ?? false,
  };
}

function outputsOf(files: readonly string[], format: string | undefined): ReviewOptions["outputs"] {
  const given = FORMATS.find((known) => known === format);
  if (format !== undefined && given === undefined) throw usage(`--format ${format}: give ${FORMATS.join(", ")}`);
  if (files.length === 0) return [{ format: given ?? "markdown" }];
  return files.map((file) => {
    const byName = given ?? FORMAT_OF[extname(file).toLowerCase()];
    if (byName === undefined)
      throw usage(`--output ${file}: give --format, or a name that ends in .md, .json or .html`);
    return { format: byName, file };
  });
}

function timeOf(text: string): Date {
  const time = new Date(TIME.test(text) ? text : Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw usage(`--at ${text}: give a time as in 2026-12-31T12:00:00Z`);
}

function usage(what: string): CommandError {
  return new CommandError("USAGE", `${what}. \`npm run review -- --help\` shows what there is`);
}
