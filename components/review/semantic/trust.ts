import { isSkip, type Statement, type Trust } from "../../notary/trust/declaration";
import type { TrustStoreType } from "../../notary/trust/document";
import { certificateFacts } from "../../signers/certificateFacts";
import { SIGNING_STORES } from "../../signers/signers";
import { fullCertificate } from "../../signers/words";
import { compareAnchors, without } from "./anchors";
import type { Draft } from "./draft";
import { compareIdentities } from "./identities";
import { continuations, type RulePair, rulePairs } from "./rules";
import { type ComparedPair, compareScopes, compareStatements } from "./scopes";
import { compareStrictness } from "./strictness";
import { compareTimestamps } from "./timestamps";
import { wildcardAdded } from "./wildcard";

/** What changed between two trusts by the rule that is in effect for each repository; undefined trusts nobody. */
export function compareTrust(base: Trust | undefined, head: Trust | undefined): Draft[] {
  const continued = continuations(base, head);
  const pairs = rulePairs(base, head).map((pair): ComparedPair => ({ pair, details: compareRules(pair, base) }));
  return [
    ...pairs.flatMap(({ details }) => details),
    ...compareScopes(pairs, continued),
    ...compareStatements(pairs, base?.statements ?? [], head?.statements ?? [], continued),
    ...compareIdleStores(base, head),
  ];
}

function compareRules({ base, head, scopes }: RulePair, baseTrust: Trust | undefined): Draft[] {
  if (!head) return [];
  if (!base) {
    const wildcard =
      head.trustedIdentities === "any" ? [wildcardAdded(base, head, { statement: head.declared.name, scopes })] : [];
    return [
      ...wildcard,
      ...newToTheStack(compareAnchors(base, head, scopes), baseTrust),
      ...newToTheStack(compareTimestamps(base, head, scopes), baseTrust, ["tsa"]),
    ];
  }
  const anchors = compareAnchors(base, head, scopes);
  return [
    ...compareIdentities(base, head, scopes),
    ...(isSkip(base) ? newToTheStack(anchors, baseTrust) : anchors),
    ...compareStrictness(base, head, scopes),
    ...compareTimestamps(base, head, scopes),
  ];
}

/** Where a statement begins to apply, its anchors are news only if nothing trusted them. */
function newToTheStack(
  drafts: readonly Draft[],
  base: Trust | undefined,
  types: readonly TrustStoreType[] = SIGNING_STORES,
): Draft[] {
  const trusted = (base?.statements ?? []).flatMap(({ certificates }) => types.flatMap((type) => certificates[type]));
  const known = new Set(trusted.map(({ thumbprint }) => thumbprint));
  return drafts.filter(({ subject }) => subject === undefined || !known.has(subject));
}

/** Certificates in stores that no statement names: without effect, until somebody names them. */
function compareIdleStores(base: Trust | undefined, head: Trust | undefined): Draft[] {
  const idle = (trust: Trust | undefined) =>
    [...(trust?.stores ?? [])].filter(([store]) => !isNamed(store, trust?.statements));
  const added = idle(head).flatMap(([store, certificates]) =>
    without(certificates, base?.stores.get(store) ?? []).map(
      (anchor): Draft => ({
        kind: store.startsWith("tsa:") ? "tsa-anchor-added" : "anchor-added",
        severity: "low",
        direction: "neutral",
        subject: anchor.thumbprint,
        after: store,
        certificate: certificateFacts(anchor),
        say: () =>
          `${fullCertificate(anchor)} is new in the trust store ${store}, which no statement names: it has no effect.`,
      }),
    ),
  );
  const removed = idle(base).flatMap(([store, certificates]) =>
    without(certificates, head?.stores.get(store) ?? []).map(
      (anchor): Draft => ({
        kind: store.startsWith("tsa:") ? "tsa-anchor-removed" : "anchor-removed",
        severity: "info",
        direction: "neutral",
        subject: anchor.thumbprint,
        before: store,
        certificate: certificateFacts(anchor),
        say: () =>
          `${fullCertificate(anchor)} is gone from the trust store ${store}, which no statement named: that has no effect.`,
      }),
    ),
  );
  return [...added, ...removed];
}

function isNamed(store: string, statements: readonly Statement[] = []): boolean {
  return statements.some(({ declared }) => declared.trustStores?.includes(store));
}
