import type { Certificate } from "../../notary/certificates/certificate";
import { isSkip, type Statement } from "../../notary/trust/declaration";
import type { ValidationType } from "../../notary/trust/document";
import { LEVELS } from "../../notary/trust/level";
import { readValue } from "../readable";
import type { UnknownImage } from "../report/report";
import { ended } from "../report/words";
import type { StackState } from "../state/state";
import { CHANGE_RULES } from "./changeRules";
import { ofStacks, type Rule } from "./rule";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Every rule that there is, by its name in the rule file. */
export const RULES: Readonly<Record<string, Rule>> = {
  ...CHANGE_RULES,
  "no-wildcard-identity": {
    summary: 'no statement has the trusted identity "*"',
    severity: "high",
    options: [],
    judge: (facts) =>
      statements(facts, ({ trustedIdentities }) => trustedIdentities === "any", 'trusts any identity ("*")'),
  },
  "no-wildcard-scope": {
    summary: 'no statement is for the registry scope "*"',
    severity: "high",
    options: [],
    judge: (facts) =>
      statements(facts, ({ declared }) => declared.registryScopes.includes("*"), 'is for every repository ("*")'),
  },
  strict: {
    summary: "every statement enforces every validation, as the level strict does",
    severity: "high",
    options: [],
    judge: (facts) => statements(facts, isWeakerThanStrict, "enforces less than the level strict"),
  },
  "timestamps-required": {
    summary: "every statement asks for a time stamp, at least once a certificate has expired",
    severity: "medium",
    options: [],
    judge: (facts) =>
      statements(
        facts,
        (statement) => !isSkip(statement) && statement.certificates.tsa.length === 0,
        "names no tsa trust store",
      ),
  },
  "anchors-outlive": {
    summary: "no trust anchor expires within `days` (30)",
    severity: "medium",
    options: ["days"],
    judge: (facts, { days = 30 }) =>
      ofStacks(facts, (state) =>
        anchorsOf(state)
          .filter(({ notAfter }) => notAfter.getTime() - facts.at.getTime() <= days * DAY_MS)
          .map(({ subject, thumbprint, notAfter }) => ({
            subject: thumbprint,
            sentence: `The trust anchor ${subject} (SHA-256 thumbprint ${thumbprint}) ${notAfter < facts.at ? "expired" : "expires"} at ${notAfter.toISOString()}.`,
          })),
      ),
  },
  "no-live-image-stops-verifying": {
    ofImages: true,
    summary: "no image of the inventory that verifies now fails under the head",
    severity: "critical",
    options: [],
    judge: ({ images }) => {
      const violations = images?.flips
        .filter(({ before, after }) => before.verdict !== "failed" && after.verdict === "failed")
        .map(({ stack, reference, why }) => ({
          stack,
          subject: reference,
          sentence: ended(`${reference} stops verifying: ${why}`),
        }));
      // One that can't be asked may be one that stops.
      return violations?.length === 0 && images?.unknown.length !== 0 ? undefined : violations;
    },
  },
  "no-live-image-unknown": {
    ofImages: true,
    summary: "every image of the inventory can be asked",
    severity: "high",
    options: [],
    judge: ({ images }) =>
      images?.unknown.map((image) => ({
        stack: null,
        subject: image.reference,
        sentence: ended(`${image.whole ? lackingInventory(image) : `${image.reference} is unknown`}: ${image.why}`),
      })),
  },
  "no-weakness-accepted": {
    summary: "no image is let through by acceptWeaker",
    severity: "medium",
    options: [],
    judge: (facts) =>
      ofStacks(facts, ({ settings }) =>
        (readValue(settings)?.images ?? [])
          .filter(({ acceptWeaker }) => acceptWeaker.length > 0)
          .map(({ name, reference, acceptWeaker }) => ({
            subject: name,
            sentence: `The image ${reference} is let through though weak: ${acceptWeaker.join(", ")}.`,
          })),
      ),
  },
};

function lackingInventory({ reference, code }: UnknownImage): string {
  const lack = code === "INVENTORY_EMPTY" ? "names no image at all" : "could not be read, or not to its end";
  return `The inventory ${reference} ${lack}`;
}

function statements(
  facts: Parameters<Rule["judge"]>[0],
  is: (statement: Statement) => boolean,
  what: string,
): ReturnType<typeof ofStacks> {
  return ofStacks(facts, (state) =>
    statementsOf(state)
      .filter(is)
      .map(({ declared }) => ({
        subject: declared.name,
        sentence: `The trust policy statement "${declared.name}" of ${state.stack} ${what}.`,
      })),
  );
}

function statementsOf({ trust }: StackState): readonly Statement[] {
  return readValue(trust)?.statements ?? [];
}

/** Those that some statement trusts by, each once. */
function anchorsOf(state: StackState): Certificate[] {
  const all = statementsOf(state).flatMap(({ certificates: { ca, signingAuthority, tsa } }) => [
    ...ca,
    ...signingAuthority,
    ...tsa,
  ]);
  return [...new Map(all.map((certificate) => [certificate.thumbprint, certificate])).values()];
}

function isWeakerThanStrict({ enforcement }: Statement): boolean {
  const validations = Object.keys(LEVELS.strict) as ValidationType[];
  return validations.some((validation) => enforcement[validation] !== "enforce");
}
