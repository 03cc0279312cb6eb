import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FolderTree } from "../../components/files/folderTree";
import { parseCertificatesPem } from "../../components/notary/certificates/pem";
import { compileTrust } from "../../components/notary/trust/declaration";
import type { ValidationType } from "../../components/notary/trust/document";
import type { Finding } from "../../components/review/finding";
import type { Flip } from "../../components/review/report/report";
import { RuleError, type RuleErrorCode } from "../../components/review/rules/error";
import { parseExceptions } from "../../components/review/rules/exceptionFile";
import { judgeRules } from "../../components/review/rules/judge";
import { problemsOfNextRules, readRules, rulesChanged } from "../../components/review/rules/readRules";
import type { RuleFacts } from "../../components/review/rules/rule";
import { DEFAULT_RULES, parseRules } from "../../components/review/rules/ruleFile";
import { RULES } from "../../components/review/rules/rules";
import type { StackState, TrustState } from "../../components/review/state/state";
import * as make from "../support/certificates";
import { image, stackSettings } from "./semantic/support";

const AT = new Date("2026-11-30T12:00:00Z");
const REFERENCE = "r.example.com/app@sha256:aa";
let root: make.TestCertificate;

beforeAll(async () => {
  root = await make.goodRoot();
});

function code(work: () => unknown): RuleErrorCode | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof RuleError) return error.code;
    throw error;
  }
  return undefined;
}

function head(statement: Record<string, unknown> = {}, settings?: StackState["settings"]): TrustState {
  const declared = {
    name: "app",
    registryScopes: ["r.example.com/app"],
    signatureVerification: { level: "strict" },
    trustStores: ["ca:acme"],
    trustedIdentities: ["x509.subject: C=US, ST=WA, O=Acme"],
    ...statement,
  };
  const trust = compileTrust({
    policy: { version: "1.0", trustPolicies: [declared] },
    stores: { "ca:acme": [root.pem] },
  });
  const state = { stack: "production", trust: { value: trust }, identities: new Map(), settings };
  return { name: "head", stacks: new Map([["production", state]]) };
}

function facts(given: Partial<RuleFacts> = {}): RuleFacts {
  return { head: head(), findings: [], images: { flips: [], unknown: [] }, at: AT, ...given };
}

function result(rules: string, given: Partial<RuleFacts> = {}, exceptions = "exceptions: []") {
  const judged = judgeRules(parseRules(rules), parseExceptions(exceptions, AT), facts(given));
  return {
    result: judged.rules[0]?.result,
    subjects: judged.rules[0]?.violations.map(({ subject }) => subject),
    judged,
  };
}

const finding = (given: Partial<Finding>): Finding => ({
  ...{ kind: "identity-wildcard-added", severity: "critical", direction: "widens", stack: "production" },
  ...{ subject: "*", sentence: "anybody may sign" },
  ...given,
});

const flip = (given: Partial<Flip> = {}): Flip => {
  const verified = { verdict: "verified" as const, enforced: true, statement: "app", level: "strict" as const };
  return {
    ...{ stack: "production", reference: REFERENCE, digest: "sha256:aa", tags: ["v1"], towards: "distrust" as const },
    ...{ before: verified, after: { ...verified, verdict: "failed" as const, enforced: false }, statement: "app" },
    ...{
      validation: "authenticity" as ValidationType,
      code: "SIGNER_IDENTITY_NOT_TRUSTED",
      why: "not trusted",
      signer: null,
    },
    ...given,
  };
};

describe("a rule file", () => {
  it("switches rules on, with their options", () => {
    const rules = parseRules(
      "rules:\n  strict: {stacks: [production]}\n  anchors-outlive: {days: 60}\n  rules-unchanged: true\n",
    );
    expect([...rules]).toEqual([
      ["strict", { stacks: ["production"] }],
      ["anchors-outlive", { days: 60 }],
      ["rules-unchanged", {}],
    ]);
  });

  it.each([
    ["an unknown rule", "rules: {strikt: true}"],
    ["a rule of the object's own", "rules: {constructor: true}"],
    ["an unknown option", "rules: {strict: {days: 3}}"],
    ["days that are none", "rules: {anchors-outlive: {days: -1}}"],
    ["an unknown severity", "rules: {no-finding: {severity: loud}}"],
    ["stacks that are no list", "rules: {strict: {stacks: production}}"],
    ["a rule that is switched off", "rules: {strict: false}"],
    ["another key", "rule: {strict: true}"],
    ["no map", "- strict"],
    ["a key twice", "rules: {strict: true, strict: true}"],
    ["no YAML", "rules: {"],
    ["an alias", "rules: &a {strict: true}\nx: *a"],
  ])("with %s is refused whole", (_, text) => {
    expect(code(() => parseRules(text))).toBe("RULES_INVALID");
  });
});

describe("an exception file", () => {
  const valid =
    "exceptions:\n- rule: strict\n  subject: app\n  owner: ada@example.com\n  reason: INC-1\n  expires: 2026-12-01\n";

  it("lets a violation pass until the end of the day", () => {
    expect(parseExceptions(valid, AT)).toEqual([
      {
        rule: "strict",
        subject: "app",
        owner: "ada@example.com",
        reason: "INC-1",
        expires: new Date("2026-12-01T23:59:59.999Z"),
      },
    ]);
  });

  it.each([
    ["no owner", valid.replace(/ {2}owner.*\n/, "")],
    ["no reason", valid.replace("INC-1", '" "')],
    ["no end", valid.replace(/ {2}expires.*\n/, "")],
    ["a day that is none", valid.replace("2026-12-01", "2026-02-31")],
    ["a time of a day that is none", valid.replace("2026-12-01", "2026-02-31T12:00:00Z")],
    ["an end in other words", valid.replace("2026-12-01", "next week")],
    ["an unknown rule", valid.replace("strict", "strikt")],
    ["an unknown key", valid.replace("subject", "sujbect")],
    ["no list", "exceptions: {}"],
    ["a text", "exceptions"],
  ])("with %s is refused whole", (_, text) => {
    expect(code(() => parseExceptions(text, AT))).toBe("EXCEPTIONS_INVALID");
  });

  it.each(["2027-12-01", "2027-12-01T23:59:59Z"])("takes an end at most 366 days away: %s", (expires) => {
    expect(parseExceptions(valid.replace("2026-12-01", expires), AT)).toHaveLength(1);
  });

  it.each(["2027-12-02", "2027-12-01T23:59:59-01:00", "9999-12-31", "9999-12-31T23:59:59-12:00"])(
    "refuses a later end, and names the exception and the last day: %s",
    (expires) => {
      const text = valid.replace("2026-12-01", expires);
      expect(code(() => parseExceptions(text, AT))).toBe("EXCEPTIONS_INVALID");
      expect(() => parseExceptions(text, AT)).toThrow(
        `exceptions[0] (from strict for "app", of "ada@example.com") expires at "${expires}", more than 366 days from now: let it end by 2027-12-01, and renew it by a pull request`,
      );
    },
  );
});

describe("a rule", () => {
  it.each([
    ["no-new-wildcard-identity", { findings: [finding({ statement: "app" })] }, ["app"]],
    ["no-wildcard-identity", { head: () => head({ trustedIdentities: ["*"] }) }, ["app"]],
    ["no-wildcard-scope", { head: () => head({ registryScopes: ["*"] }) }, ["app"]],
    [
      "strict",
      { head: () => head({ signatureVerification: { level: "strict", override: { expiry: "log" } } }) },
      ["app"],
    ],
    ["timestamps-required", {}, ["app"]],
    ["no-live-image-stops-verifying", { images: { flips: [flip()], unknown: [] } }, [REFERENCE]],
    [
      "no-live-image-unknown",
      { images: { flips: [], unknown: [{ reference: REFERENCE, inventory: "file:x", code: "X", why: "down" }] } },
      [REFERENCE],
    ],
    [
      "no-gate-switched-off",
      { findings: [finding({ kind: "gate-switched-off", subject: "apps", before: "notation", after: "" })] },
      ["apps"],
    ],
    [
      "no-new-ca-for-any-identity",
      {
        findings: [
          finding({ kind: "anchor-added", subject: "ab" }),
          finding({ kind: "anchor-added", severity: "high" }),
        ],
      },
      ["ab"],
    ],
    ["no-anchor-key-changed", { findings: [finding({ kind: "anchor-key-changed", subject: "ab" })] }, ["ab"]],
    [
      "authenticity-stays-enforced",
      {
        head: () => head({ signatureVerification: { level: "audit" } }),
        findings: [
          finding({ kind: "scope-added", statement: "app" }),
          finding({ kind: "scope-added", statement: "x" }),
        ],
      },
      ["app"],
    ],
    ["no-finding", { findings: [finding({ severity: "high" })] }, ["*"]],
    [
      "rules-unchanged",
      { findings: [finding({ kind: "rules-changed", stack: "", subject: "stacks/rules.yaml" })] },
      ["stacks/rules.yaml"],
    ],
  ])("%s is violated by what it is about, and by nothing else", (name, given, subjects) => {
    const made = "head" in given ? { ...given, head: given.head() } : given;
    expect(result(`rules: {${name}: true}`, made as Partial<RuleFacts>)).toMatchObject({
      result: "violated",
      subjects,
    });
    if (name !== "timestamps-required") expect(result(`rules: {${name}: true}`).result).toBe("passed");
  });

  it("anchors-outlive looks `days` ahead", () => {
    const [{ notAfter } = { notAfter: AT }] = parseCertificatesPem(root.pem);
    const days = Math.ceil((notAfter.getTime() - AT.getTime()) / 86_400_000);
    expect(result(`rules: {anchors-outlive: {days: ${days + 1}}}`).result).toBe("violated");
    expect(result(`rules: {anchors-outlive: {days: ${days - 2}}}`).result).toBe("passed");
  });

  it("no-weakness-accepted names the image", () => {
    const settings = { value: stackSettings({ images: [image({ name: "net-monitor", acceptWeaker: ["expiry"] })] }) };
    expect(result("rules: {no-weakness-accepted: true}", { head: head({}, settings) }).subjects).toEqual([
      "net-monitor",
    ]);
  });

  it("says of an image and of an inventory what is not known, in a sentence", () => {
    const unknown = { inventory: "file:x", code: "X", why: "down" };
    const inventory = { ...unknown, reference: "file:x", whole: true as const };
    const empty = { ...inventory, code: "INVENTORY_EMPTY", why: "no line of it has a reference." };
    const images = { flips: [], unknown: [{ ...unknown, reference: REFERENCE }, inventory, empty] };
    const { judged } = result("rules: {no-live-image-unknown: true}", { images });
    expect(judged.rules[0]?.violations.map(({ sentence }) => sentence)).toEqual([
      `${REFERENCE} is unknown: down.`,
      "The inventory file:x could not be read, or not to its end: down.",
      "The inventory file:x names no image at all: no line of it has a reference.",
    ]);
  });

  it("no-finding lets pass what narrows, and what is quieter", () => {
    const findings = [finding({ direction: "narrows" }), finding({ severity: "medium" })];
    expect(result("rules: {no-finding: {severity: high}}", { findings }).result).toBe("passed");
  });

  it("about live images is unknown without an inventory", () => {
    expect(result("rules: {no-live-image-stops-verifying: true}", { images: undefined }).result).toBe("unknown");
  });

  it("about live images is unknown while one of them is, unless another one stops already", () => {
    const unknown = [{ reference: REFERENCE, inventory: "file:x", code: "X", why: "down" }];
    const rule = "rules: {no-live-image-stops-verifying: true}";
    expect(result(rule, { images: { flips: [], unknown } }).result).toBe("unknown");
    expect(result(rule, { images: { flips: [flip()], unknown } }).result).toBe("violated");
  });

  it("is judged in the stacks that it names", () => {
    expect(
      result("rules: {strict: {stacks: [staging]}}", { head: head({ signatureVerification: { level: "audit" } }) })
        .result,
    ).toBe("passed");
  });

  it("is tested, each of them", () => {
    expect(Object.keys(RULES)).toHaveLength(15);
  });
});

describe("an exception", () => {
  const text = (given: Record<string, string>) =>
    JSON.stringify({
      exceptions: [
        {
          rule: "no-live-image-stops-verifying",
          subject: REFERENCE,
          owner: "ada",
          reason: "INC-1",
          expires: "2026-12-01",
          ...given,
        },
      ],
    });
  const judged = (given: Record<string, string>) =>
    result("rules: {no-live-image-stops-verifying: true}", { images: { flips: [flip()], unknown: [] } }, text(given));

  it("covers what it names, and is told as used", () => {
    const { result, judged: all } = judged({});
    expect(result).toBe("excepted");
    expect(all.rules[0]?.violations).toMatchObject([{ subject: REFERENCE, exception: 0 }]);
    expect(all.exceptions).toMatchObject([{ state: "used", owner: "ada", expires: "2026-12-01T23:59:59.999Z" }]);
  });

  it("covers a repository by a `*` at its end", () => {
    expect(judged({ subject: "r.example.com/app@*" }).result).toBe("excepted");
  });

  it.each([
    ["that has expired", { expires: "2026-11-29" }, "expired"],
    ["that expires this very moment", { expires: AT.toISOString().replace(".000", "") }, "expired"],
    ["of another rule", { rule: "strict" }, "unused"],
    ["of another stack", { stack: "staging" }, "unused"],
    ["of another subject", { subject: "r.example.com/ap" }, "unused"],
  ])("%s lets nothing pass", (_, given, state) => {
    const { result, judged: all } = judged(given as Record<string, string>);
    expect(result).toBe("violated");
    expect(all.exceptions).toMatchObject([{ state }]);
  });
});

describe("the rules of a tree", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "breakwater-rules-"));
    mkdirSync(join(directory, "base/stacks"), { recursive: true });
    mkdirSync(join(directory, "head/stacks"), { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const tree = (side: string) => new FolderTree(join(directory, side));
  const write = (path: string, text: string) => writeFileSync(join(directory, path), text);

  it("are the default ones without a file", () => {
    expect(readRules(tree("base"), AT)).toEqual({ rules: DEFAULT_RULES, exceptions: [] });
  });

  it("are those of its files, and invalid ones are no rules at all", () => {
    write("base/stacks/rules.yaml", "rules: {strict: true}");
    expect([...readRules(tree("base"), AT).rules.keys()]).toEqual(["strict"]);
    write("base/stacks/exceptions.yaml", "exceptions: [{}]");
    expect(code(() => readRules(tree("base"), AT))).toBe("EXCEPTIONS_INVALID");
    write("base/stacks/rules.yaml", `rules: {strict: true}\n#${"x".repeat(128 * 1024)}`);
    expect(code(() => readRules(tree("base"), AT))).toBe("RULES_INVALID");
    rmSync(join(directory, "base/stacks/rules.yaml"));
    mkdirSync(join(directory, "base/stacks/rules.yaml"));
    expect(code(() => readRules(tree("base"), AT))).toBe("RULES_INVALID");
  });

  it("that change are a critical finding each, whatever the head's say", () => {
    expect(rulesChanged(tree("base"), tree("head"))).toEqual([]);
    write("base/stacks/rules.yaml", "rules: {strict: true}");
    write("head/stacks/exceptions.yaml", "no yaml: {");
    expect(rulesChanged(tree("base"), tree("head"))).toMatchObject([
      { kind: "rules-changed", severity: "critical" },
      { kind: "exceptions-changed", severity: "critical" },
    ]);
  });

  it("that keep the next review from judging are told before they are merged", () => {
    const problems = () => problemsOfNextRules(tree("head"), ["production"], AT);
    expect(problems()).toEqual([]);
    write("head/stacks/rules.yaml", "rules: {strict: {stacks: [produktion]}}");
    write("head/stacks/exceptions.yaml", "exceptions: [{}]");
    expect(problems()).toMatchObject([
      { code: "RULE_STACK_UNKNOWN", file: "stacks/rules.yaml" },
      { code: "EXCEPTIONS_INVALID", file: "stacks/exceptions.yaml" },
    ]);
    write("head/stacks/rules.yaml", "rules: {strikt: true}\n");
    rmSync(join(directory, "head/stacks/exceptions.yaml"));
    const [{ code, message } = { code: "", message: "" }] = problems();
    expect(code).toBe("RULES_INVALID");
    expect(message).toContain("no later review can judge");
  });
});
