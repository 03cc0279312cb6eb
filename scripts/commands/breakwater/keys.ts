import { notationFolder, requireNotationFolder } from "../../../components/notation/folder";
import { readSigningKeys, type SigningKey } from "../../../components/notation/signingKeys";
import type { VerbArguments } from "./arguments";
import { EXIT } from "./error";
import { renderTable } from "./table";
import { printJson, printLine } from "./terminal";
import type { Verb } from "./verb";

const HELP = `breakwater keys [--config DIR] [--json]
The signing keys that notation knows, as \`notation key ls\` shows them; the default one has a star.

  --config DIR   a notation configuration folder, of which signingkeys.json is read.
                 Default: NOTATION_CONFIG, else ~/.config/notation
  --json         {default, keys: [{name, keyPath, certPath, id, pluginName}]}, alone on standard output
  -h, --help     this text

Exit codes: 0 listed, also when there is none; 2 signingkeys.json cannot be read or used, wrong arguments.

Example:
  breakwater keys --config ~/.config/notation`;

const HEAD = ["NAME", "KEY PATH", "CERTIFICATE PATH", "ID", "PLUGIN NAME"];

export const keys: Verb = {
  name: "keys",
  aliases: ["key"],
  summary: "the signing keys that notation knows",
  help: HELP,
  options: { config: { type: "string" }, json: { type: "boolean" } },
  async run(args, terminal) {
    requireNoArgument(args);
    const given = args.path("config");
    if (given !== undefined) requireNotationFolder(given);
    const signingKeys = readSigningKeys(given ?? notationFolder(terminal.env));
    if (args.flag("json")) printJson(terminal, { default: signingKeys.default ?? null, keys: signingKeys.keys });
    else {
      const rows = signingKeys.keys.map((key) => rowOf(key, key.name === signingKeys.default));
      for (const line of renderTable([HEAD, ...rows])) printLine(terminal.out, line);
    }
    return EXIT.yes;
  },
};

/** `ls` and `list` may follow, as in notation. */
export function requireNoArgument(args: VerbArguments): void {
  const other = args.positionals.find((word, index) => index > 0 || (word !== "ls" && word !== "list"));
  if (other !== undefined) throw args.usage(`${JSON.stringify(other)} is one argument too many`);
}

function rowOf(
  { name, keyPath = "", certPath = "", id = "", pluginName = "" }: SigningKey,
  isDefault: boolean,
): string[] {
  return [isDefault ? `* ${name}` : name, keyPath, certPath, id, pluginName];
}
