import type { EnforcerName } from "../../enforcement/effects";
import type { ValidationType, VerificationLevelName } from "../../notary/trust/document";
import type { Direction, Severity } from "../finding";
import { findingKinds } from "./findingKinds";
import type { ChangeState, ForecastCause, InventoryFacts, MapNode, Validity, VerdictFacts } from "./report";
import {
  flag,
  listOf,
  namesOf,
  number,
  oneOf,
  orNull,
  record,
  type Schema,
  text,
  thumbprint,
  time,
} from "./schemaParts";

const severity = namesOf<Severity>({ critical: true, high: true, medium: true, low: true, info: true });
const direction = namesOf<Direction>({ widens: true, narrows: true, neutral: true });
const level = namesOf<VerificationLevelName>({ strict: true, permissive: true, audit: true, skip: true });
const change = namesOf<ChangeState>({ same: true, added: true, removed: true, changed: true });
const enforcer = namesOf<EnforcerName>({ notation: true, ratify: true, kyverno: true, harbor: true });
const verdict = namesOf<VerdictFacts["verdict"]>({ verified: true, failed: true, skipped: true });
const validation = namesOf<ValidationType>({
  integrity: true,
  authenticity: true,
  authenticTimestamp: true,
  expiry: true,
  revocation: true,
});

const certificate = record({
  subject: text,
  issuer: text,
  key: text,
  notBefore: time,
  notAfter: time,
  thumbprint,
});
const side = record({ name: text, "commit?": text });
const problem = record({ code: text, message: text, "file?": text });
const inventory = record({
  name: text,
  state: namesOf<InventoryFacts["state"]>({ read: true, empty: true, unreadable: true, "broken-off": true }),
  images: number,
  "code?": text,
  "why?": text,
});
const finding = record({
  kind: namesOf(findingKinds),
  severity,
  direction,
  stack: text,
  "statement?": text,
  "scopes?": listOf(text),
  "subject?": text,
  "before?": text,
  "after?": text,
  "certificate?": certificate,
  sentence: text,
});
const verdictFacts = record({ verdict, enforced: flag, statement: orNull(text), level: orNull(level) });
const flip = record({
  stack: text,
  reference: text,
  digest: text,
  tags: listOf(text),
  towards: oneOf("trust", "distrust"),
  before: verdictFacts,
  after: verdictFacts,
  statement: orNull(text),
  validation: orNull(validation),
  code: orNull(text),
  why: text,
  signer: orNull(record({ subject: text, thumbprint })),
});
const unknown = record({ reference: text, inventory: text, "whole?": flag, "stack?": text, code: text, why: text });
const effect = record({
  enforcer,
  stack: text,
  statements: listOf(text),
  fidelity: oneOf("exact", "weaker", "stricter", "inexpressible"),
  sentence: text,
});
const rule = record({
  rule: text,
  stack: orNull(text),
  result: oneOf("passed", "violated", "excepted", "unknown"),
  severity,
  violations: listOf(record({ subject: text, sentence: text, "exception?": number })),
});
const exception = record({
  rule: text,
  stack: orNull(text),
  subject: text,
  owner: text,
  reason: text,
  expires: time,
  state: oneOf("used", "unused", "expired"),
});
const node = record({
  id: text,
  column: namesOf<MapNode["column"]>({
    identity: true,
    store: true,
    statement: true,
    repository: true,
    image: true,
  }),
  stack: text,
  label: text,
  detail: listOf(text),
  change,
  "verdict?": namesOf<NonNullable<MapNode["verdict"]>>({ verified: true, failed: true, skipped: true, unknown: true }),
});
const validity = record({
  what: namesOf<Validity["what"]>({
    anchor: true,
    "tsa-anchor": true,
    "signing-identity": true,
    signature: true,
    tls: true,
  }),
  label: text,
  stack: text,
  notBefore: orNull(time),
  notAfter: time,
  "certificate?": certificate,
  change,
});

const forecastEvent = record({
  instant: time,
  reference: text,
  tags: listOf(text),
  stack: orNull(text),
  cause: namesOf<ForecastCause>({
    leaf: true,
    intermediate: true,
    root: true,
    tsa: true,
    crl: true,
    "signature-expiry": true,
    tls: true,
    other: true,
  }),
  validation: orNull(validation),
  code: text,
  "certificate?": certificate,
  unlessRenewed: flag,
  sentence: text,
});

/** JSON Schema 2020-12 of a review's report, version 1. Fields may be added to it; none is taken away or means another thing. */
export const reportSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Breakwater trust review",
  ...record({
    version: { const: 1 },
    base: side,
    head: side,
    at: time,
    made: time,
    partial: flag,
    problems: listOf(problem),
    inventories: listOf(inventory),
    semantic: listOf(finding),
    flips: listOf(flip),
    unchanged: record({ verified: number, failed: number, skipped: number }),
    unknown: listOf(unknown),
    enforcers: listOf(effect),
    rules: listOf(rule),
    exceptions: listOf(exception),
    map: record({
      nodes: listOf(node),
      edges: listOf(record({ from: text, to: text, change })),
      imagesLeftOut: number,
    }),
    validity: listOf(validity),
    "forecast?": listOf(forecastEvent),
  }),
};
