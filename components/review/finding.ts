import type { CertificateFacts } from "../signers/certificateFacts";

/** How loud a finding is, loudest first. What widens trust is louder than what narrows it. */
export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where trust goes by a change: more may be signed or run (`widens`), less (`narrows`), or neither. */
export type Direction = "widens" | "narrows" | "neutral";

/** What changed between two states of trust; the names are stable. */
export type FindingKind =
  // who may sign
  | "identity-added"
  | "identity-removed"
  | "identity-widened"
  | "identity-narrowed"
  | "identity-wildcard-added"
  | "identity-wildcard-removed"
  // by what they are trusted
  | "anchor-added"
  | "anchor-removed"
  | "anchor-key-changed"
  | "tsa-anchor-added"
  | "tsa-anchor-removed"
  // where
  | "scope-added"
  | "scope-removed"
  | "scope-moved"
  | "scope-falls-through"
  | "statement-added"
  | "statement-removed"
  | "statement-renamed"
  | "statement-unreachable"
  // how strictly
  | "level-weakened"
  | "level-strengthened"
  | "validation-weakened"
  | "validation-strengthened"
  | "timestamp-mandatory"
  | "timestamp-optional"
  // the stack's config
  | "gate-switched-off"
  | "gate-switched-on"
  | "gate-changed"
  | "project-public"
  | "project-private"
  | "immutable-tags-removed"
  | "immutable-tags-added"
  | "pusher-added"
  | "pusher-removed"
  | "puller-added"
  | "puller-removed"
  | "robot-lifetime-changed"
  | "image-added"
  | "image-removed"
  | "image-moved"
  | "image-content-changed"
  | "pusher-of-image-changed"
  | "tag-takeover-allowed"
  | "tag-takeover-refused"
  | "signature-lifetime-changed"
  | "weaker-accepted"
  | "weaker-no-longer-accepted"
  | "signer-of-image-changed"
  | "hostname-changed"
  | "signing-key-file-changed"
  | "harbor-version-changed"
  | "installer-changed"
  | "tls-source-changed"
  | "tls-hook-changed"
  | "admin-password-changed"
  | "encryption-changed"
  | "provider-setting-changed"
  // the committed certificates of signing identities
  | "signing-identity-added"
  | "signing-identity-removed"
  | "signing-identity-changed"
  // a side as a whole
  | "trust-introduced"
  | "trust-removed"
  | "trust-unreadable"
  // what is around the trust
  | "project-changed"
  | "checkout-changed"
  | "program-changed"
  // what judges
  | "rules-changed"
  | "exceptions-changed";

/** One change, in a sentence that a reviewer can decide by; plain JSON. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly direction: Direction;
  readonly stack: string;
  /** Of the trust policy statement, in head where it is there. */
  readonly statement?: string;
  /** Registry scopes that it is about. */
  readonly scopes?: readonly string[];
  /** What was added, removed or changed: an identity, a level, a project's name. */
  readonly subject?: string;
  readonly before?: string;
  readonly after?: string;
  readonly certificate?: CertificateFacts;
  /** Plain text with foreign names in it as they are: each report escapes for itself. */
  readonly sentence: string;
}
