import type { Certificate } from "../../notary/certificates/certificate";
import { isSkip, type Statement } from "../../notary/trust/declaration";
import { certificateFacts } from "../../signers/certificateFacts";
import { fullCertificate } from "../../signers/words";
import type { Direction, Severity } from "../finding";
import { isOtherKey, without } from "./anchors";
import { atMost, type Draft } from "./draft";

/**
 * When a statement asks for a time stamp: never without a `tsa` store; with one always, unless it says `afterCertExpiry`
 * (trust-store-trust-policy.md § Timestamp Countersignature Verification details).
 */
type Demand = "never" | "always" | "afterCertExpiry";

/** Where no statement applied, of time stamps only the anchors are news. */
export function compareTimestamps(base: Statement | undefined, head: Statement, scopes: readonly string[]): Draft[] {
  if (isSkip(head) || (base && isSkip(base))) return [];
  const common = { statement: head.declared.name, scopes };
  const demands = { before: demandOf(base ?? head), after: demandOf(head) };
  const [before, after] = [base?.certificates.tsa ?? [], head.certificates.tsa];
  const [added, removed] = [without(after, before), without(before, after)];
  const replaced = (anchor: Certificate) => removed.find((old) => isOtherKey(anchor, old));
  const drafts: TimestampDraft[] = [
    ...demandDrafts(demands),
    ...added.map((anchor) => tsaAdded(anchor, replaced(anchor))),
    ...removed.filter((old) => !added.some((anchor) => isOtherKey(anchor, old))).map(tsaRemoved),
  ];
  const quiet = head.enforcement.authenticTimestamp !== "enforce";
  return drafts.map((draft) => ({
    ...common,
    ...draft,
    severity: quiet ? atMost("low", draft.severity) : draft.severity,
    say: (where) =>
      `${draft.say(where)}${quiet ? " (time stamps are only logged there: nothing is refused for it)" : ""}.`,
  }));
}

export function demandOf({ certificates, declared }: Statement): Demand {
  if (certificates.tsa.length === 0) return "never";
  return declared.signatureVerification.verifyTimestamp ?? "always";
}

type TimestampDraft = Omit<Draft, "statement" | "scopes">;

function demandDrafts({ before, after }: { before: Demand; after: Demand }): TimestampDraft[] {
  if (before === after) return [];
  const common = { subject: "verifyTimestamp", before, after };
  if (after === "always") {
    const until = before === "never" ? "" : ", even while its certificate is valid";
    const say = (where: string) =>
      `every signature of ${where} must have a time stamp from now on${until}: those without one fail`;
    return [{ ...common, kind: "timestamp-mandatory", severity: "medium", direction: "narrows", say }];
  }
  if (before !== "always") return [];
  const rest =
    after === "never"
      ? "none is looked at, so that with or without one a signature passes while its certificate is valid, and fails once that has expired"
      : "one is asked for only once the certificate has expired";
  const say = (where: string) => `signatures of ${where} need no time stamp any more: ${rest}`;
  return [{ ...common, kind: "timestamp-optional", severity: "medium", direction: "widens", say }];
}

function tsaAdded(anchor: Certificate, replaced: Certificate | undefined): TimestampDraft {
  const common = { subject: anchor.thumbprint, certificate: certificateFacts(anchor) };
  const severity: Severity = "high";
  const direction: Direction = "widens";
  const believed =
    "its time stamps are believed, so that signatures outlive their certificate, and whoever holds its key can date one back";
  if (replaced) {
    const say = (where: string) =>
      `the key behind the trusted time stamping authority ${anchor.subject} changes for ${where}: instead of the certificate with SHA-256 ${replaced.thumbprint} now ${fullCertificate(anchor)} is trusted: ${believed}`;
    const change = { before: replaced.thumbprint, after: anchor.thumbprint };
    return { ...common, ...change, kind: "anchor-key-changed", severity, direction, say };
  }
  const say = (where: string) =>
    `${fullCertificate(anchor)} is newly trusted as a root of time stamping authorities for ${where}: ${believed}`;
  return { ...common, kind: "tsa-anchor-added", severity, direction, say };
}

function tsaRemoved(anchor: Certificate): TimestampDraft {
  return {
    kind: "tsa-anchor-removed",
    severity: "medium",
    direction: "narrows",
    subject: anchor.thumbprint,
    certificate: certificateFacts(anchor),
    say: (where) =>
      `${fullCertificate(anchor)} is no longer trusted as a root of time stamping authorities for ${where}: signatures that only its time stamp kept good fail`,
  };
}
