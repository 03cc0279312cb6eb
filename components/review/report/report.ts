import type { EffectFidelity, EnforcerName } from "../../enforcement/effects";
import type { ValidationType, VerificationLevelName } from "../../notary/trust/document";
import type { CertificateFacts } from "../../signers/certificateFacts";
import type { Finding, Severity } from "../finding";
import type { Problem } from "../state/state";

/** The result of a review; plain JSON, whose schema is `reportSchema`. */
export interface Report {
  readonly version: 1;
  readonly base: SideName;
  readonly head: SideName;
  /** The one clock of all verdicts, ISO 8601. */
  readonly at: string;
  /** When the report was made: another time than `at` where that was asked for. */
  readonly made: string;
  /** Not everything could be asked: see `unknown` and `problems`. */
  readonly partial: boolean;
  readonly problems: readonly Problem[];
  /** What each of the given inventories came to; empty where none was given. */
  readonly inventories: readonly InventoryFacts[];
  /** Loudest first. */
  readonly semantic: readonly Finding[];
  /** Images whose verdict or enforcement changes; towards trust first. */
  readonly flips: readonly Flip[];
  /** How many images keep the verdict they had; one that several stacks govern counts for each of them. */
  readonly unchanged: { readonly verified: number; readonly failed: number; readonly skipped: number };
  /** Images of which nothing can be said; an inventory that is empty or can't be read is one by its own name. */
  readonly unknown: readonly UnknownImage[];
  readonly enforcers: readonly EnforcerEffect[];
  readonly rules: readonly RuleResult[];
  readonly exceptions: readonly ExceptionUse[];
  readonly map: TrustMap;
  /** Every certificate and signature expiry that the head depends on; for the timeline. */
  readonly validity: readonly Validity[];
  /** What fails when, soonest first; only of a forecast, whose two sides are one. */
  readonly forecast?: readonly ForecastEvent[];
}

export interface SideName {
  readonly name: string;
  readonly commit?: string;
}

/** What an inventory came to. */
export interface InventoryFacts {
  /** As it was given, e.g. `registry:registry.example.com/team`. */
  readonly name: string;
  /** `empty`: it names no image; `unreadable`: nothing of it could be had; `broken-off`: it could not be read to its end. */
  readonly state: "read" | "empty" | "unreadable" | "broken-off";
  /** That it named and that were there. */
  readonly images: number;
  /** What keeps it from being `read`, with the way out. */
  readonly code?: string;
  readonly why?: string;
}

/** A verdict in short. */
export interface VerdictFacts {
  readonly verdict: "verified" | "failed" | "skipped";
  readonly enforced: boolean;
  readonly statement: string | null;
  readonly level: VerificationLevelName | null;
}

/** An image that changes sides. */
export interface Flip {
  /** Whose trust it is judged by: an image that several stacks govern is judged by each of them. */
  readonly stack: string;
  /** `host/repository@digest` */
  readonly reference: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly towards: "trust" | "distrust";
  readonly before: VerdictFacts;
  readonly after: VerdictFacts;
  /** The statement that causes the flip (of head; of base where head has none). */
  readonly statement: string | null;
  /** The validation that fails on the failing side; null where none was reached. */
  readonly validation: ValidationType | null;
  /** Stable code of the failing side's reason; null when both sides verify and only `enforced` differs. */
  readonly code: string | null;
  readonly why: string;
  /** Subject and thumbprint of the signer. */
  readonly signer: { readonly subject: string; readonly thumbprint: string } | null;
}

export interface UnknownImage {
  /** Of an inventory as a whole its name. */
  readonly reference: string;
  /** Which inventory named it. */
  readonly inventory: string;
  /** It is no image but the inventory: see `inventories`. */
  readonly whole?: true;
  /** Whose trust could not judge it; absent where the image itself can't be had. */
  readonly stack?: string;
  readonly code: string;
  readonly why: string;
}

/** What one enforcer would make of changed statements. */
export interface EnforcerEffect {
  readonly enforcer: EnforcerName;
  readonly stack: string;
  /** Those of which it makes the same. */
  readonly statements: readonly string[];
  readonly fidelity: EffectFidelity;
  readonly sentence: string;
}

/** A rule of the rule file, judged. */
export interface RuleResult {
  readonly rule: string;
  readonly stack: string | null;
  readonly result: "passed" | "violated" | "excepted" | "unknown";
  readonly severity: Severity;
  /** What violates it: a sentence each; empty when passed. */
  readonly violations: readonly RuleViolation[];
}

export interface RuleViolation {
  /** What exceptions name: an identity, a thumbprint, a reference, a project. */
  readonly subject: string;
  readonly sentence: string;
  /** Index into `exceptions` of the one that covers it. */
  readonly exception?: number;
}

/** An exception of the base's exception file; shown in each report. */
export interface ExceptionUse {
  readonly rule: string;
  readonly stack: string | null;
  readonly subject: string;
  readonly owner: string;
  readonly reason: string;
  /** ISO 8601 date-time at which it ends by itself. */
  readonly expires: string;
  readonly state: "used" | "unused" | "expired";
  /** Why it can never let anything pass: it names no stack or no rule that is there; absent when it can. */
  readonly unmatched?: string;
}

export type ChangeState = "same" | "added" | "removed" | "changed";

/** The trust map: identities → stores → statements → repositories → images. */
export interface TrustMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  /** How many more images there are, none of which flips: the map has no room for them. */
  readonly imagesLeftOut: number;
}

export interface MapNode {
  readonly id: string;
  readonly column: "identity" | "store" | "statement" | "repository" | "image";
  readonly stack: string;
  readonly label: string;
  readonly detail: readonly string[];
  readonly change: ChangeState;
  /** For images: what the head says. */
  readonly verdict?: "verified" | "failed" | "skipped" | "unknown";
}

export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly change: ChangeState;
}

/** A span in which something is valid. */
export interface Validity {
  readonly what: "anchor" | "tsa-anchor" | "signing-identity" | "signature" | "tls";
  readonly label: string;
  readonly stack: string;
  readonly notBefore: string | null;
  readonly notAfter: string;
  readonly certificate?: CertificateFacts;
  readonly change: ChangeState;
}

/** What ends: a certificate of the signer's chain by its place, the trust in a time stamp, a CRL, the signature itself, TLS. */
export type ForecastCause =
  | "leaf"
  | "intermediate"
  | "root"
  | "tsa"
  | "crl"
  | "signature-expiry"
  | "tls"
  /** Something else that the core refuses then. */
  | "other";

/** An image, or a registry, that is good today and fails at a time to come. */
export interface ForecastEvent {
  /** ISO 8601; the first millisecond at which it fails. */
  readonly instant: string;
  /** `host/repository@digest`; of `tls` the registry's host. */
  readonly reference: string;
  readonly tags: readonly string[];
  /** Whose trust it is judged by; null of a registry that is no stack's. */
  readonly stack: string | null;
  readonly cause: ForecastCause;
  /** The validation that fails then; null where it is none of the Notary Project's. */
  readonly validation: ValidationType | null;
  /** Stable code, of the core's verdict at that time. */
  readonly code: string;
  /** The certificate that ends, or whose CRL does. */
  readonly certificate?: CertificateFacts;
  /** What ends is replaced in time as a rule (a CRL, a TLS certificate): it fails only if nobody does. */
  readonly unlessRenewed: boolean;
  /** Plain text with foreign names in it as they are. */
  readonly sentence: string;
}
