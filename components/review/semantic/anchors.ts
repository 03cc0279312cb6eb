import type { Certificate } from "../../notary/certificates/certificate";
import { isSkip, type Statement } from "../../notary/trust/declaration";
import { anchorRole, certificateFacts } from "../../signers/certificateFacts";
import { isCovered, matches, SIGNING_STORES, type SigningStore } from "../../signers/signers";
import { fullCertificate, names, shortCertificate } from "../../signers/words";
import type { Direction, Severity } from "../finding";
import type { Draft } from "./draft";
import { logged, quieted } from "./quiet";

type Common = Pick<Draft, "statement" | "scopes">;

/** How the anchors changed that the statement trusts, through whatever stores, by thumbprint. */
export function compareAnchors(base: Statement | undefined, head: Statement, scopes: readonly string[]): Draft[] {
  if (isSkip(head)) return [];
  const common = { statement: head.declared.name, scopes };
  return SIGNING_STORES.flatMap((type) => {
    const before = base?.certificates[type] ?? [];
    const after = head.certificates[type];
    const added = without(after, before);
    const removed = base && isSkip(base) ? [] : without(before, after);
    const replaced = added.filter((anchor) => removed.some((old) => isOtherKey(anchor, old)));
    return [
      ...added.map((anchor) => anchorAdded({ base, head, anchor, type, removed, before }, common)),
      ...removed
        .filter((old) => !replaced.some((anchor) => isOtherKey(anchor, old)))
        .map((old) => anchorRemoved(base ?? head, head, old, type, common)),
    ];
  });
}

interface Added {
  readonly base: Statement | undefined;
  readonly head: Statement;
  readonly anchor: Certificate;
  readonly type: SigningStore;
  readonly removed: readonly Certificate[];
  readonly before: readonly Certificate[];
}

function anchorAdded({ base, head, anchor, type, removed, before }: Added, common: Common): Draft {
  const direction: Direction =
    (base && isSkip(base)) || isCovered(anchor, before) || !vouchesForSomebody(anchor, head) ? "neutral" : "widens";
  const replaced = removed.find((old) => isOtherKey(anchor, old));
  return {
    ...common,
    kind: replaced ? "anchor-key-changed" : "anchor-added",
    severity: quieted(head, direction === "widens" ? loudness(anchor, head, { replaced, before }) : "low"),
    direction,
    subject: anchor.thumbprint,
    ...(replaced && { before: replaced.thumbprint, after: anchor.thumbprint }),
    certificate: certificateFacts(anchor),
    say: (where) =>
      `${news(anchor, before, replaced, where)}, as ${asAnchor(anchor, type)}: ${consequence(anchor, head, before)}${logged(head)}.`,
  };
}

function loudness(
  anchor: Certificate,
  head: Statement,
  { replaced, before }: { replaced: Certificate | undefined; before: readonly Certificate[] },
): Severity {
  if (replaced) return "critical";
  if (before.some((other) => isSameKey(anchor, other))) return "medium";
  return head.trustedIdentities === "any" && anchorRole(anchor) !== "leaf" ? "critical" : "high";
}

function news(
  anchor: Certificate,
  before: readonly Certificate[],
  replaced: Certificate | undefined,
  where: string,
): string {
  if (replaced) {
    return `the key behind the trusted name ${anchor.subject} changes for ${where}: what was signed under the certificate with SHA-256 ${replaced.thumbprint} no longer verifies, and ${fullCertificate(anchor)} is trusted in its place`;
  }
  const double = before.find((other) => isOtherKey(anchor, other));
  const renewed = before.find((other) => isSameKey(anchor, other));
  const beside = double
    ? `, which has the name of the trusted ${shortCertificate(double)} but another key,`
    : renewed
      ? `, a new certificate for the key of the trusted ${shortCertificate(renewed)},`
      : "";
  return `${fullCertificate(anchor)}${beside} is newly trusted for ${where}`;
}

function asAnchor(anchor: Certificate, type: SigningStore): string {
  const words = { root: "a root", intermediate: "an intermediate CA", leaf: "a single signing certificate" };
  const authority =
    type === "signingAuthority" ? " of a signing authority, whose word on the signing time is believed" : "";
  return `${words[anchorRole(anchor)]}${authority}`;
}

function consequence(anchor: Certificate, head: Statement, before: readonly Certificate[]): string {
  if (anchorRole(anchor) === "leaf") {
    return matches(head.trustedIdentities, anchor.subject)
      ? "its holder may sign"
      : "it has no effect, since its subject is none of the trusted identities";
  }
  if (isCovered(anchor, before))
    return "that adds nobody, since all that it issues to are trusted through its issuer already";
  if (before.some((other) => isSameKey(anchor, other)))
    return "the same CA as before, and signatures with this certificate in their chain verify from now on, too";
  if (head.trustedIdentities === "any") return "anyone that this CA issues to may sign";
  return `anybody whose certificate has ${names(head.trustedIdentities)} may sign if this CA issued it`;
}

function anchorRemoved(
  base: Statement,
  head: Statement,
  anchor: Certificate,
  type: SigningStore,
  common: Common,
): Draft {
  const covered = isCovered(anchor, head.certificates[type]);
  const direction: Direction = covered || !vouchesForSomebody(anchor, base) ? "neutral" : "narrows";
  const effect = covered
    ? "those that it issued to stay trusted by its issuer, where that is in the chain of their signatures"
    : direction === "narrows"
      ? "what was signed under it no longer verifies there"
      : "it had no effect, since its subject is none of the trusted identities";
  return {
    ...common,
    kind: "anchor-removed",
    severity: quieted(head, direction === "narrows" ? "medium" : "low"),
    direction,
    subject: anchor.thumbprint,
    certificate: certificateFacts(anchor),
    say: (where) => `${fullCertificate(anchor)} is no longer trusted for ${where}: ${effect}${logged(head)}.`,
  };
}

/** A single certificate vouches for its own subject only. */
function vouchesForSomebody(anchor: Certificate, { trustedIdentities }: Statement): boolean {
  return anchorRole(anchor) !== "leaf" || matches(trustedIdentities, anchor.subject);
}

export function without(certificates: readonly Certificate[], others: readonly Certificate[]): Certificate[] {
  const known = new Set(others.map(({ thumbprint }) => thumbprint));
  const distinct = new Map(certificates.map((certificate) => [certificate.thumbprint, certificate]));
  return [...distinct.values()].filter(({ thumbprint }) => !known.has(thumbprint));
}

export function isOtherKey(left: Certificate, right: Certificate): boolean {
  return haveOneName(left, right) && !left.publicKeyBits.equals(right.publicKeyBits);
}

function isSameKey(left: Certificate, right: Certificate): boolean {
  return haveOneName(left, right) && left.publicKeyBits.equals(right.publicKeyBits);
}

/** As a person reads them, whatever string types, letter case or spaces they are written in (RFC 5280 § 7.1). */
function haveOneName(left: Certificate, right: Certificate): boolean {
  const [one, other] = [left, right].map(({ subject }) => subject.normalize("NFKC").toLowerCase().replace(/\s+/g, " "));
  return one === other;
}
