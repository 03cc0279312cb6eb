import { printable } from "../../../components/notary/quoted";
import type { ArtifactVerdict, Outcome, SignatureVerdict } from "../../../components/notary/verification/verdict";
import { coloured, printLine, type Terminal } from "./terminal";

/** A verdict for a person. */
export interface ShownVerdict {
  readonly reference: string;
  /** Where the trust was read. */
  readonly folder: string;
  readonly verdict: ArtifactVerdict;
}

/** The verdict first, then the rule that decided, then what each validation found. */
export function printVerdict(terminal: Terminal, shown: ShownVerdict): void {
  const { reference, folder, verdict } = shown;
  const cautions = cautionsOf(verdict);
  const { word, colour } = headline(verdict, cautions.length > 0);
  const line = (label: string, text: string) => printLine(terminal.out, `  ${label.padEnd(10)} ${text}`);
  terminal.out(`${coloured(terminal, colour, word)}  ${printable(reference)}\n`);
  for (const caution of cautions) line("Caution", caution);
  line("Rule", ruleOf(verdict));
  line("Trust", folder);
  if (verdict.code !== undefined && verdict.signatures.length !== 1) line("Why", `${verdict.code}: ${verdict.message}`);
  verdict.signatures.forEach((signature, index) => {
    printSignature(terminal, signature, `${index + 1} of ${verdict.signatures.length}`);
  });
  if (verdict.verdict === "failed" && verdict.signatures.length > 0) {
    terminal.out("\n");
    line("Look", `breakwater inspect ${reference} shows what each signature says`);
  }
}

function headline(
  { verdict, enforced }: ArtifactVerdict,
  caution: boolean,
): { word: string; colour: "green" | "yellow" | "red" } {
  if (verdict === "failed") return { word: "FAILED", colour: "red" };
  if (verdict === "skipped") return { word: "SKIPPED, NOT A TRUSTED IMAGE", colour: "yellow" };
  if (!enforced) return { word: "VERIFIED, BUT NOT A TRUSTED IMAGE", colour: "yellow" };
  return { word: "VERIFIED", colour: caution ? "yellow" : "green" };
}

/** What keeps a verdict that did not fail from being worth what `strict` is. */
function cautionsOf({ verdict, enforced, signatures }: ArtifactVerdict): string[] {
  if (verdict === "failed") return [];
  const untrusted = enforced ? [] : ["authenticity is not enforced: anybody may have signed this image, or nobody"];
  const outcomes = verdict === "verified" ? (signatures.at(-1)?.outcomes ?? []) : [];
  const weaker = outcomes.flatMap(({ validation, result }) => {
    if (result === "passed") return [];
    return [
      `${validation} ${result === "failed" ? "failed, and the policy only logs that" : "is skipped by the policy"}`,
    ];
  });
  return [...untrusted, ...weaker];
}

/** What decided: the statement, its level, and the validation that it enforced. */
function ruleOf({ statement, level, verdict, signatures }: ArtifactVerdict): string {
  if (statement === null) return "no trust policy statement applies";
  const named = `trust policy statement ${JSON.stringify(statement)}, level ${level}`;
  if (verdict === "skipped") return `${named}: nothing is verified`;
  if (verdict === "verified") return named;
  const [only, ...others] = signatures;
  const enforced = only?.outcomes.find(({ action, result }) => action === "enforce" && result === "failed");
  return enforced && others.length === 0 ? `${named}: ${enforced.validation} is enforced and failed` : named;
}

function printSignature(terminal: Terminal, signature: SignatureVerdict, position: string): void {
  const { digest, signer, verdict, outcomes, code, message } = signature;
  const line = (label: string, text: string) => printLine(terminal.out, `  ${label.padEnd(10)} ${text}`);
  terminal.out("\n");
  line("Signature", `${digest} (${position}): ${verdict}`);
  line(
    "Signer",
    signer ? signer.subject : "unknown: what a signature without integrity says of its signer means nothing",
  );
  if (signer) line("", `issued by ${signer.issuer}`);
  if (signer) line("", `SHA-256 thumbprint ${signer.thumbprint}`);
  for (const outcome of outcomes) printOutcome(terminal, outcome);
  const enforced = outcomes.some(({ action, result }) => action === "enforce" && result === "failed");
  if (enforced) printLine(terminal.out, "    (what would come next was not evaluated)");
  // A check that no level can relax has no outcome of its own.
  else if (code !== undefined) printFailure(terminal, "always", "FAILED", code, message);
}

function printOutcome(terminal: Terminal, { validation, action, result, code, message }: Outcome): void {
  if (result !== "failed") {
    printLine(
      terminal.out,
      `    ${validation.padEnd(18)}  ${result === "passed" ? passed(action) : "skipped by the policy"}`,
    );
  } else {
    printFailure(
      terminal,
      validation,
      action === "enforce" ? "FAILED, enforced" : "failed, only logged",
      code,
      message,
    );
  }
}

function passed(action: Outcome["action"]): string {
  return action === "enforce" ? "passed" : "passed (a failure would only be logged)";
}

function printFailure(terminal: Terminal, validation: string, word: string, code = "", message = ""): void {
  const colour = word.startsWith("FAILED") ? "red" : "yellow";
  terminal.out(`    ${validation.padEnd(18)}  ${coloured(terminal, colour, word)}: ${printable(code)}\n`);
  printLine(terminal.out, `    ${" ".repeat(18)}  ${message}`);
}
