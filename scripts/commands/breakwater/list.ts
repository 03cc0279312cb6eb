import { SIGNATURE_ARTIFACT_TYPE } from "../../../components/notary/signing/manifest";
import { EXIT } from "./error";
import { openImage } from "./image";
import { IMAGE_OPTIONS, IMAGE_OPTIONS_HELP } from "./registryOptions";
import { printJson, printLine, warn } from "./terminal";
import { renderTree } from "./tree";
import type { Verb } from "./verb";

/** notation's own default of `--max-signatures`. */
export const MAX_SIGNATURES = 100;

const HELP = `breakwater list REF [OPTIONS]
The signatures that an image has, as \`notation list\` shows them. Nothing is verified.

  REF                   host[:port]/repository@sha256:… or host[:port]/repository:tag
  --max-signatures N    list at most N signatures; 100 when absent
${IMAGE_OPTIONS_HELP}
  --json                {reference, digest, signatures: [{digest, mediaType, size}], more}, alone on standard output;
                        "more" is whether there are more than N
  -h, --help            this text

Exit codes: 0 listed, also when there is none; 2 no answer (registry, arguments); with --json then
  {error: {code, message}}.

Examples:
  breakwater list registry.example.com/app:v1
  breakwater list registry.example.com/app@sha256:… --json | jq -r .signatures[].digest`;

export const list: Verb = {
  name: "list",
  aliases: ["ls"],
  summary: "the signatures that an image has",
  help: HELP,
  options: { ...IMAGE_OPTIONS, "max-signatures": { type: "string" } },
  async run(args, terminal) {
    const max = args.count("max-signatures") ?? MAX_SIGNATURES;
    const { reference, descriptor, signatures } = await openImage(args, terminal, { deed: "list" });
    const all = await signatures.listSignatures(descriptor);
    const shown = all.slice(0, max).map(({ digest, mediaType, size }) => ({ digest, mediaType, size }));
    const more = all.length > max;
    if (args.flag("json")) {
      printJson(terminal, { reference, digest: descriptor.digest, signatures: shown, more });
    } else if (shown.length === 0) {
      printLine(terminal.out, `${reference} has no associated signature`);
    } else {
      const leaves = shown.map(({ digest }) => ({ text: digest }));
      const tree = { text: reference, children: [{ text: SIGNATURE_ARTIFACT_TYPE, children: leaves }] };
      for (const line of renderTree(tree)) printLine(terminal.out, line);
    }
    if (more) warn(terminal, `${all.length} signatures, of which ${max} are listed: raise --max-signatures`);
    return EXIT.yes;
  },
};
