import { TRUST_STORE_TYPES } from "../../../components/notary/trust/storeReference";
import { notationFolder, requireNotationFolder } from "../../../components/notation/folder";
import { readTrustStoreFiles } from "../../../components/notation/trustStoreFiles";
import { EXIT } from "./error";
import { requireNoArgument } from "./keys";
import { renderTable } from "./table";
import { printJson, printLine } from "./terminal";
import type { Verb } from "./verb";

const HELP = `breakwater certificates [--config DIR] [--type TYPE] [--store NAME] [--json]
The certificate files in the trust stores, as \`notation cert ls\` shows them.

  --config DIR        a notation configuration folder, of which truststore/x509 is read.
                      Default: NOTATION_CONFIG, else ~/.config/notation
  -t, --type TYPE     only stores of this type: ca, signingAuthority or tsa
  -s, --store NAME    only stores of this name
  --json              {certificates: [{storeType, storeName, file, certificates: [{subject, issuer, thumbprint,
                      notBefore, notAfter}]}]}, alone on standard output
  -h, --help          this text

Exit codes: 0 listed, also when there is none; 2 a file is no certificate or cannot be read, wrong arguments.

Example:
  breakwater certificates --type ca --json`;

const HEAD = ["STORE TYPE", "STORE NAME", "CERTIFICATE"];

export const certificates: Verb = {
  name: "certificates",
  aliases: ["cert", "certs"],
  summary: "the certificates in the trust stores",
  help: HELP,
  options: {
    config: { type: "string" },
    type: { type: "string", short: "t" },
    store: { type: "string", short: "s" },
    json: { type: "boolean" },
  },
  async run(args, terminal) {
    requireNoArgument(args);
    const type = args.oneOf("type", TRUST_STORE_TYPES);
    const store = args.text("store");
    const given = args.path("config");
    if (given !== undefined) requireNotationFolder(given);
    const files = readTrustStoreFiles(given ?? notationFolder(terminal.env)).filter(
      ({ storeType, storeName }) => (type ?? storeType) === storeType && (store ?? storeName) === storeName,
    );
    if (args.flag("json")) {
      const shown = files.map(({ certificates: found, ...file }) => ({
        ...file,
        certificates: found.map(({ subject, issuer, thumbprint, notBefore, notAfter }) => ({
          subject,
          issuer,
          thumbprint,
          notBefore: notBefore.toISOString(),
          notAfter: notAfter.toISOString(),
        })),
      }));
      printJson(terminal, { certificates: shown });
    } else if (files.length > 0) {
      const rows = files.map(({ storeType, storeName, file }) => [storeType, storeName, file]);
      for (const line of renderTable([HEAD, ...rows])) printLine(terminal.out, line);
    }
    return EXIT.yes;
  },
};
