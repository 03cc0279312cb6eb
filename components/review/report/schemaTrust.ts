import type { EnforcerName } from "../../enforcement/effects";
import type { Direction, Severity } from "../finding";
import { findingKinds } from "./findingKinds";
import { listOf, namesOf, number, oneOf, orNull, record, text, thumbprint, time } from "./schemaParts";

// What a report says of the trust itself.

const STACK = [text, "the stack that it is about"] as const;

const severity = namesOf<Severity>({ critical: true, high: true, medium: true, low: true, info: true });
const direction = namesOf<Direction>({ widens: true, narrows: true, neutral: true });
const enforcer = namesOf<EnforcerName>({ notation: true, ratify: true, kyverno: true, harbor: true });

export const certificate = record({
  subject: [text, "distinguished name, RFC 4514"],
  issuer: [text, "distinguished name of who issued it, RFC 4514"],
  key: [text, "kind and size of its key, e.g. EC-256"],
  notBefore: [time, "when it begins to be valid"],
  notAfter: [time, "when it expires"],
  thumbprint: [thumbprint, "SHA-256 of the certificate (DER), in lower-case hexadecimal digits"],
});

export const side = record({
  name: [text, "the git ref or folder, as it was given"],
  "commit?": [text, "the commit that the ref named; absent for a folder"],
});

export const problem = record({
  code: [text, "stable code of the error"],
  message: [text, "what can't be read, why, and the way out"],
  "file?": [text, "the file, relative to the project"],
});

export const finding = record({
  kind: [namesOf(findingKinds), "what kind of change it is"],
  severity: [severity, "how loud it is"],
  direction: [direction, "whether more is trusted by it, less, or neither"],
  stack: STACK,
  "statement?": [text, "the trust policy statement"],
  "scopes?": [listOf(text), "the registry scopes that it holds for"],
  "subject?": [text, "what changed: an identity, a trust store, a project"],
  "before?": [text, "as it was in the base"],
  "after?": [text, "as it is in the head"],
  "certificate?": [certificate, "the certificate that it is about"],
  sentence: [text, "the change in a sentence; plain text with foreign names in it as they are"],
});

export const effect = record({
  enforcer: [enforcer, "who enforces"],
  stack: STACK,
  statements: [listOf(text), "the trust policy statements of which it makes the same"],
  fidelity: [
    oneOf("exact", "weaker", "stricter", "inexpressible"),
    "whether it does what is declared, lets more pass, lets less pass, or can't say it",
  ],
  sentence: [text, "what it makes of the change"],
});

const violation = record({
  subject: [text, "what an exception names: an identity, a thumbprint, a reference, a project"],
  sentence: [text, "what violates the rule"],
  "exception?": [number, "place in `exceptions` of the one that lets it pass; absent when none does"],
});

export const rule = record({
  rule: [text, "its name in the rule file"],
  stack: [orNull(text), "the one stack that it is for; null for several or all"],
  result: [oneOf("passed", "violated", "excepted", "unknown"), "excepted: exceptions let all pass that violates it"],
  severity: [severity, "how loud a violation is"],
  violations: [listOf(violation), "what violates it, also what an exception lets pass; empty when it passed"],
});

export const exception = record({
  rule: [text, "the rule that it is from"],
  stack: [orNull(text), "the stack that it is for; null for all"],
  subject: [text, "what it lets pass; * at the end stands for any rest"],
  owner: [text, "who answers for it"],
  reason: [text, "why it was made"],
  expires: [time, "when it ends by itself"],
  state: [oneOf("used", "unused", "expired"), "whether something passes by it; expired: nothing does any more"],
  "unmatched?": [text, "why nothing can ever pass by it; absent when something can"],
});
