import { readFileSync } from "node:fs";
import { projectRoot } from "../../../components/files/paths";
import { suggestion } from "../../../components/notary/trust/suggestion";
import { usageError, VerbArguments } from "./arguments";
import { certificates } from "./certificates";
import { describeError, EXIT, VerbError } from "./error";
import { inspect } from "./inspect";
import { keys } from "./keys";
import { lint } from "./lint";
import { list } from "./list";
import { sign } from "./sign";
import { printJson, printLine, type Terminal } from "./terminal";
import type { Verb } from "./verb";
import { verify } from "./verify";

export const VERBS: readonly Verb[] = [verify, inspect, list, sign, lint, keys, certificates];

const HELP = `breakwater VERB [ARGUMENTS]
Signs and verifies container images as the Notary Project specifies; reads notation's own configuration.

${VERBS.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join("\n")}

  breakwater VERB --help shows a verb's options, JSON and examples
  --version, --help

Exit codes of every verb: 0 yes or done, 1 no (failed, refused, rules broken), 2 no answer (registry, input, usage).
With --json an error is {error: {code, message}} on standard output as well.

Examples:
  breakwater verify registry.example.com/app:v1 --trust ./trust
  breakwater inspect registry.example.com/app:v1
  breakwater lint signer.pem`;

/** Runs a verb; resolves to its exit code. Whatever goes wrong is one line with a code, never a stack. */
export async function runBreakwater(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    const described = describeError(error);
    if (args.includes("--json")) printJson(terminal, { error: described });
    for (const line of described.message.split("\n").slice(0, -1)) printLine(terminal.err, line);
    printLine(terminal.err, `${described.message.split("\n").at(-1)} [${described.code}]`);
    return error instanceof VerbError && error.code === "SIGNATURE_REFUSED" ? EXIT.no : EXIT.unknown;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined || word === "--help" || word === "-h" || (word === "help" && rest.length === 0)) {
    terminal.out(`${HELP}\n`);
    return word === undefined ? EXIT.unknown : EXIT.yes;
  }
  if (word === "--version") {
    printLine(terminal.out, `breakwater ${versionOf()}`);
    return EXIT.yes;
  }
  const wanted = word === "help" ? (rest[0] ?? "") : word;
  const verb = VERBS.find(({ name, aliases = [] }) => name === wanted || aliases.includes(wanted));
  if (!verb) {
    const names = VERBS.map(({ name }) => name);
    throw usageError("", `${JSON.stringify(wanted)} is no verb of breakwater${suggestion(wanted, names)}`);
  }
  if (word === "help" || asksForHelp(rest)) {
    terminal.out(`${verb.help}\n`);
    return EXIT.yes;
  }
  return await verb.run(new VerbArguments(verb.name, rest, verb.options, terminal.folder), terminal);
}

/** Also beside arguments that would be wrong; not behind `--`, where everything is an argument. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(`${projectRoot}/package.json`, "utf8")) as { version: string };
  return version;
}
