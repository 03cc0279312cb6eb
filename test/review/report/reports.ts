import { readFileSync } from "node:fs";
import { join } from "node:path";
import { enforcerEffects } from "../../../components/review/enforcers";
import type { Finding } from "../../../components/review/finding";
import { type MapImage, trustMap } from "../../../components/review/map/map";
import { validitiesOf } from "../../../components/review/map/validity";
import type { Flip, Report } from "../../../components/review/report/report";
import type { Exception } from "../../../components/review/rules/exceptionFile";
import { judgeRules } from "../../../components/review/rules/judge";
import { DEFAULT_RULES } from "../../../components/review/rules/ruleFile";
import { semanticDiff } from "../../../components/review/semantic/semanticDiff";
import { APP, type StackOptions, stackState, trustState } from "../semantic/support";

export const AT = "2026-06-01T12:00:00.000Z";

/** Committed, so that golden reports stay the same; their keys are gone. Made by `test/support/certificates.ts`. */
export function fixture(name: "root" | "impostor" | "partner" | "tsa" | "signer" | "renewed"): string {
  return readFileSync(join(__dirname, "fixtures", `${name}.pem`), "utf8");
}

export const INVENTORY = "registry:registry.example.com";

export const STORES = {
  "ca:acme": [fixture("root")],
  "ca:partner": [fixture("partner")],
  "tsa:time": [fixture("tsa")],
};

export interface ReportParts {
  base?: Record<string, StackOptions>;
  head?: Record<string, StackOptions>;
  flips?: readonly Flip[];
  images?: readonly MapImage[];
  more?: readonly Finding[];
  exceptions?: readonly Exception[];
  changes?: Partial<Report>;
}

/** A change of the stack `production`. */
export const one = (head: StackOptions, base: StackOptions = {}): ReportParts => ({
  base: { production: base },
  head: { production: head },
});

/** A report as a review makes it: the real diff, rules, enforcers, map and spans of two small states. */
export function reportOf({
  base,
  head,
  flips = [],
  images = [],
  more = [],
  exceptions = [],
  changes,
}: ReportParts): Report {
  const [before, after] = [base, head].map((side = {}) =>
    trustState(...Object.entries(side).map(([name, options]) => stackState({ stores: STORES, ...options }, name))),
  );
  if (!before || !after) throw new Error("two sides");
  const semantic = [...more, ...semanticDiff(before, after)];
  const unknown = changes?.unknown ?? [];
  const found = new Set([...flips, ...images].map(({ reference }) => reference)).size;
  const at = new Date(AT);
  const judged = judgeRules(DEFAULT_RULES, exceptions, {
    head: after,
    findings: semantic,
    images: { flips, unknown },
    at,
  });
  return {
    version: 1,
    base: { name: "main", commit: "1111111111111111111111111111111111111111" },
    head: { name: "pull/7", commit: "2222222222222222222222222222222222222222" },
    at: AT,
    made: AT,
    partial: unknown.length > 0,
    problems: [],
    inventories: found + unknown.length > 0 ? [{ name: INVENTORY, state: "read", images: found }] : [],
    semantic,
    flips,
    unchanged: { verified: 0, failed: 0, skipped: 0 },
    unknown: [],
    enforcers: enforcerEffects(before, after),
    ...judged,
    map: trustMap(before, after, images),
    validity: validitiesOf(before, after),
    ...changes,
  };
}

const digestOf = (number: number) => `sha256:${number.toString(16).padStart(64, "0")}`;

export function flip(number: number, changes: Partial<Flip> = {}): Flip {
  const digest = digestOf(number);
  return {
    stack: "production",
    reference: `${APP}@${digest}`,
    digest,
    tags: [`v${number}`],
    towards: "trust",
    before: { verdict: "failed", enforced: true, statement: "images", level: "strict" },
    after: { verdict: "verified", enforced: true, statement: "images", level: "strict" },
    statement: "images",
    validation: "authenticity",
    code: "IDENTITY_NOT_TRUSTED",
    why: "the signer is no trusted identity of the trust policy statement",
    signer: { subject: "C=US, ST=WA, O=Acme, OU=Nightly, CN=nightly", thumbprint: "ab".repeat(32) },
    ...changes,
  };
}

export function distrust(number: number, changes: Partial<Flip> = {}): Flip {
  const { before, after } = flip(number);
  return flip(number, { towards: "distrust", before: after, after: before, ...changes });
}

export const image = (number: number, changes: Partial<MapImage> = {}): MapImage => ({
  stack: "production",
  reference: `${APP}@${digestOf(number)}`,
  scope: APP,
  tags: [`v${number}`],
  verdict: "verified",
  flips: false,
  ...changes,
});
