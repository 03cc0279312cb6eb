import path from "node:path";
import { messageOf } from "../../../components/errors";
import type { Certificate } from "../../../components/notary/certificates/certificate";
import { CertificateError } from "../../../components/notary/certificates/error";
import { type ChainPurpose, type ChainViolation, lintChain } from "../../../components/notary/certificates/lint";
import { parseCertificates } from "../../../components/notary/certificates/pem";
import { ExtendedKeyUsage } from "../../../components/notary/certificates/usage";
import { printable } from "../../../components/notary/quoted";
import { EXIT } from "./error";
import { readInput } from "./files";
import { coloured, printJson, printLine, type Terminal } from "./terminal";
import type { Verb } from "./verb";

const HELP = `breakwater lint CHAIN... [OPTIONS]
Every rule of the Notary Project that a certificate chain breaks, with its section in the specification: before a key
is used. It says nothing about trust.

  CHAIN                 files of certificates in PEM or DER: the leaf first, complete up to the root, in one file or
                        several
  --purpose PURPOSE     codeSigning (when absent): the chain of a signer; timestamping: of a time stamping authority
  --at TIME             every certificate must be valid at this RFC 3339 time instead of now
  --json                {purpose, at, usable, certificates: [subject], violations: [{code, certificate, position,
                        message, section, enforced}]}, alone on standard output; position 0 is the leaf
  -h, --help            this text

A rule that only the specification asks for, and that no verifier enforces, is a warning ("enforced": false).

Exit codes: 0 the chain may be used, perhaps with warnings, 1 it breaks rules, 2 it cannot be read, wrong arguments;
  with --json then {error: {code, message}}.

Examples:
  breakwater lint signer.pem
  breakwater lint leaf.pem intermediate.pem root.pem --json
  breakwater lint /etc/letsencrypt/live/example.com/fullchain.pem    # can never sign: this tells why`;

const PURPOSES: readonly ChainPurpose[] = ["codeSigning", "timestamping"];

export const lint: Verb = {
  name: "lint",
  summary: "every rule that a certificate chain breaks, before its key is used",
  help: HELP,
  options: { purpose: { type: "string" }, at: { type: "string" }, json: { type: "boolean" } },
  async run(args, terminal) {
    const purpose = args.oneOf("purpose", PURPOSES) ?? "codeSigning";
    const at = args.time("at") ?? terminal.clock();
    if (args.positionals.length === 0) throw args.usage("CHAIN is missing");
    const chain: Certificate[] = [];
    for (const file of args.positionals) chain.push(...(await readChain(path.resolve(terminal.folder, file))));
    const violations = lintChain(chain, purpose, at);
    const usable = violations.every(({ enforced }) => !enforced);
    if (args.flag("json")) {
      const certificates = chain.map(({ subject }) => subject);
      printJson(terminal, { purpose, at: at.toISOString(), usable, certificates, violations });
    } else print(terminal, chain, { purpose, at, violations });
    return usable ? EXIT.yes : EXIT.no;
  },
};

async function readChain(file: string): Promise<Certificate[]> {
  const content = await readInput(file);
  try {
    return parseCertificates(content);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new CertificateError(error.code, `${file}: ${messageOf(error)}`, { cause: error });
  }
}

function print(
  terminal: Terminal,
  chain: readonly Certificate[],
  { purpose, at, violations }: { purpose: ChainPurpose; at: Date; violations: readonly ChainViolation[] },
): void {
  const broken = violations.filter(({ enforced }) => enforced).length;
  const warnings = violations.length - broken;
  const use = purpose === "codeSigning" ? "sign" : "stamp time";
  const word = broken === 0 ? coloured(terminal, "green", "USABLE") : coloured(terminal, "red", "NOT USABLE");
  terminal.out(
    `${word}  ${broken === 0 ? "may" : "can't"} ${use}: ${count(broken, "rule")} broken, ${count(warnings, "warning")}, at ${at.toISOString()}\n`,
  );
  chain.forEach((certificate, position) => {
    const role = position === 0 ? "leaf" : position === chain.length - 1 ? "last of the chain" : "intermediate";
    printLine(terminal.out, `  ${position}  ${certificate.subject}  (${role})`);
    for (const violation of violations.filter((found) => found.position === position))
      printViolation(terminal, violation);
  });
  if (broken > 0 && purpose === "codeSigning" && isServerCertificate(chain[0])) {
    printLine(
      terminal.out,
      "  A certificate for TLS servers, as Let's Encrypt issues them, can never be a signing certificate: its extended key " +
        "usage says so. Get a code signing certificate, or make one of your own (`notation cert generate-test` for tests).",
    );
  }
}

function printViolation(terminal: Terminal, { code, message, section, enforced }: ChainViolation): void {
  const word = enforced ? coloured(terminal, "red", "broken") : coloured(terminal, "yellow", "warning");
  terminal.out(`     ${word}  ${printable(`${code}  ${section}`)}\n`);
  printLine(terminal.out, `       ${message}`);
}

function isServerCertificate(leaf: Certificate | undefined): boolean {
  return leaf?.extendedKeyUsage?.includes(ExtendedKeyUsage.serverAuth) ?? false;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
