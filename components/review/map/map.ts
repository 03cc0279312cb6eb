import { isSkip, type Statement, type Trust } from "../../notary/trust/declaration";
import { nameText, shortCertificate } from "../../signers/words";
import { compare } from "../compare";
import type { MapNode, TrustMap } from "../report/report";
import { byScope, continuations } from "../semantic/rules";
import { stackNames, trustSides } from "../state/sides";
import type { TrustState } from "../state/state";
import { MapBuilder } from "./mapBuilder";

/** An image to be shown, with what head says of it. */
export interface MapImage {
  readonly stack: string;
  /** `host/repository@digest` */
  readonly reference: string;
  /** `host/repository` */
  readonly scope: string;
  readonly tags: readonly string[];
  readonly verdict: NonNullable<MapNode["verdict"]>;
  /** Whether base says something else. */
  readonly flips: boolean;
}

/**
 * The trust map: identities → stores → statements → repositories → images. A store that two statements name is a node for each,
 * so that each path from an identity to a repository is one that the policy allows.
 */
export function trustMap(
  base: TrustState,
  head: TrustState,
  images: readonly MapImage[] = [],
  imagesLeftOut = 0,
): TrustMap {
  const map = new MapBuilder();
  for (const stack of stackNames(base, head)) {
    const { before, after } = trustSides(base.stacks.get(stack), head.stacks.get(stack));
    const own = images.filter((image) => image.stack === stack);
    const continued = continuations(before, after);
    // A statement keeps its node when it is renamed.
    const keyOf = (statement: Statement) => (continued.get(statement) ?? statement).declared.name;
    if (before) addSide("base", stack, before, own, keyOf, map);
    if (after) addSide("head", stack, after, own, keyOf, map);
    addImages(stack, own, map);
  }
  return { ...map.build(), imagesLeftOut };
}

type Side = "base" | "head";

function addSide(
  side: Side,
  stack: string,
  trust: Trust,
  images: readonly MapImage[],
  keyOf: (statement: Statement) => string,
  map: MapBuilder,
): void {
  for (const statement of trust.statements) addStatement(side, stack, trust, statement, keyOf(statement), map);
  const scopes = [
    ...trust.statements.flatMap(({ declared }) => declared.registryScopes),
    ...images.map(({ scope }) => scope),
  ];
  const statements = byScope(trust);
  for (const scope of new Set(scopes)) {
    const repository = idOf(stack, "repository", scope);
    const label = scope === "*" ? "every other repository" : scope;
    map.node(side, { id: repository, column: "repository", stack, label, detail: [] });
    const statement = statements.get(scope) ?? statements.get("*");
    if (statement) map.edge(side, idOf(stack, "statement", keyOf(statement)), repository);
  }
}

function addStatement(
  side: Side,
  stack: string,
  trust: Trust,
  statement: Statement,
  key: string,
  map: MapBuilder,
): void {
  const { declared, enforcement, trustedIdentities } = statement;
  const { level, verifyTimestamp } = declared.signatureVerification;
  const id = idOf(stack, "statement", key);
  const actions = Object.entries(enforcement).map(([validation, action]) => `${validation}: ${action}`);
  const detail = [`level: ${level}`, ...actions, ...(verifyTimestamp ? [`verifyTimestamp: ${verifyTimestamp}`] : [])];
  map.node(side, { id, column: "statement", stack, label: declared.name, detail });
  if (isSkip(statement)) return;
  const names = trustedIdentities === "any" ? ["*"] : trustedIdentities.map(nameText);
  for (const reference of new Set(declared.trustStores)) {
    const store = idOf(stack, "store", key, reference);
    const anchors = (trust.stores.get(reference) ?? []).map(shortCertificate).sort(compare);
    map.node(side, { id: store, column: "store", stack, label: reference, detail: anchors });
    map.edge(side, store, id);
    // Who stamps time has no identity in the policy.
    if (reference.startsWith("tsa:")) continue;
    for (const name of names) {
      const identity = idOf(stack, "identity", name);
      const label = name === "*" ? "anybody" : name;
      map.node(side, { id: identity, column: "identity", stack, label, detail: [] });
      map.edge(side, identity, store);
    }
  }
}

function addImages(stack: string, images: readonly MapImage[], map: MapBuilder): void {
  for (const { reference, scope, tags, verdict, flips } of images) {
    const id = idOf(stack, "image", reference);
    const node = { id, column: "image", stack, label: reference, detail: [...tags], verdict } as const;
    map.fixed(node, flips ? "changed" : "same", idOf(stack, "repository", scope));
  }
}

/** Names are others': as JSON no two are one. */
function idOf(...parts: string[]): string {
  return JSON.stringify(parts);
}
