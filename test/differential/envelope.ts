import { CborMap, type CborValue, encode, Raw, Tagged } from "./cbor";
import { ALGORITHMS, type Hash, type Key, signEnvelope } from "./keys";
import type { Plan } from "./plan";

const NOTARY = "io.cncf.notary.";
export const HEADER = {
  scheme: `${NOTARY}signingScheme`,
  signingTime: `${NOTARY}signingTime`,
  authenticSigningTime: `${NOTARY}authenticSigningTime`,
  expiry: `${NOTARY}expiry`,
  timestampSignature: `${NOTARY}timestampSignature`,
  signingAgent: `${NOTARY}signingAgent`,
  plugin: `${NOTARY}verificationPlugin`,
  pluginMinVersion: `${NOTARY}verificationPluginMinVersion`,
} as const;
export const COSE = { alg: 1, crit: 2, contentType: 3, x5chain: 33 } as const;

/** A JWS envelope before it is signed. Members are pairs of a name and the JSON text of its value. */
export interface JwsDraft {
  protected: [string, string][];
  crit: string[];
  /** The bytes of the protected header, when not those of its members. */
  protectedBytes?: Buffer;
  payload: Buffer;
  unprotected: [string, string][];
  key: Key;
  hash: Hash | undefined;
  saltLength?: number;
  /** Applied after signing to the four members and whatever is to stand beside them. */
  parts: ((members: [string, string][]) => void)[];
}

/** A COSE_Sign1 before it is signed. */
export interface CoseDraft {
  protected: [CborValue, CborValue][];
  crit: CborValue[];
  protectedBytes?: Buffer;
  payload: CborValue;
  unprotected: [CborValue, CborValue][];
  key: Key;
  hash: Hash | undefined;
  saltLength?: number;
  /** Changes the bytes of the protected header, before it is signed. */
  mutate?: (bytes: Buffer) => Buffer;
  /** The tag of the message; `null` for none. */
  tag: number | null;
  parts: ((members: CborValue[]) => void)[];
}

export interface BuiltEnvelope {
  bytes: Buffer;
  /** The primitive signature. */
  signature: Buffer;
}

/** Makes the time stamp token over a signature, if there is to be one. */
export type Stamp = (signature: Buffer) => Buffer | undefined;

/** The text of a JSON object with these members, duplicates and all. */
export const objectText = (members: readonly [string, string][]) =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;

/** Sets, replaces or (without a value) removes a member. */
export function setMember<K, V>(members: [K, V][], name: K, value?: V): void {
  const at = members.findIndex(([each]) => each === name);
  if (value === undefined) {
    if (at >= 0) members.splice(at, 1);
  } else if (at >= 0) members[at] = [name, value];
  else members.push([name, value]);
}

function jwsTime(plan: Plan, date: Date): string {
  const text = date.toISOString();
  const seconds = `${text.slice(0, 19)}${text.slice(19, 23) === ".000" ? "" : text.slice(19, 23)}`;
  if (plan.zone === 0) return JSON.stringify(`${seconds}Z`);
  const shifted = new Date(date.getTime() + plan.zone * 60_000).toISOString();
  const sign = plan.zone < 0 ? "-" : "+";
  const minutes = Math.abs(plan.zone);
  const two = (value: number) => String(value).padStart(2, "0");
  const fraction = seconds.slice(19);
  return JSON.stringify(
    `${shifted.slice(0, 19)}${fraction}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
  );
}

function timeHeader({ scheme }: Plan): string {
  return scheme === "notary.x509.signingAuthority" ? HEADER.authenticSigningTime : HEADER.signingTime;
}

function criticalHeaders(plan: Plan): string[] {
  return [
    HEADER.scheme,
    ...(plan.scheme === "notary.x509.signingAuthority" ? [HEADER.authenticSigningTime] : []),
    ...(plan.expiry ? [HEADER.expiry] : []),
  ];
}

export function buildJws(plan: Plan, chain: readonly Buffer[], stamp: Stamp): BuiltEnvelope {
  const key = plan.signingKey ?? plan.chain[0]?.key;
  if (!key) throw new Error("there is no signing key");
  const algorithm = ALGORITHMS[key.spec] ?? { jws: "ES256", hash: "sha256" as const };
  const draft: JwsDraft = {
    protected: [
      ["alg", JSON.stringify(algorithm.jws)],
      ["cty", JSON.stringify(plan.contentType)],
      [HEADER.scheme, JSON.stringify(plan.scheme)],
      [timeHeader(plan), jwsTime(plan, plan.signingTime)],
      ...(plan.expiry ? [[HEADER.expiry, jwsTime(plan, plan.expiry)] as [string, string]] : []),
      ...plan.attributes.map(({ key: name, value }): [string, string] => [String(name), JSON.stringify(value)]),
    ],
    crit: [
      ...criticalHeaders(plan),
      ...plan.attributes.filter(({ critical }) => critical).map(({ key: name }) => String(name)),
    ],
    payload: Buffer.from(plan.payload),
    unprotected: [
      ["x5c", JSON.stringify(chain.map((der) => der.toString("base64")))],
      ...(plan.agent === undefined ? [] : [[HEADER.signingAgent, JSON.stringify(plan.agent)] as [string, string]]),
    ],
    key,
    hash: algorithm.hash,
    parts: [],
  };
  for (const change of plan.jws) change(draft);
  const withCrit: [string, string][] = [...draft.protected];
  if (!withCrit.some(([name]) => name === "crit")) withCrit.splice(1, 0, ["crit", JSON.stringify(draft.crit)]);
  const protectedPart = (draft.protectedBytes ?? Buffer.from(objectText(withCrit))).toString("base64url");
  const payload = draft.payload.toString("base64url");
  const input = Buffer.from(`${protectedPart}.${payload}`);
  const signature = signEnvelope(draft.key, input, draft.hash, draft.saltLength);
  const token = stamp(signature);
  if (token) draft.unprotected.push([HEADER.timestampSignature, JSON.stringify(token.toString("base64"))]);
  const members: [string, string][] = [
    ["payload", JSON.stringify(payload)],
    ["protected", JSON.stringify(protectedPart)],
    ["header", objectText(draft.unprotected)],
    ["signature", JSON.stringify(signature.toString("base64url"))],
  ];
  for (const change of draft.parts) change(members);
  return { bytes: Buffer.from(objectText(members)), signature };
}

const coseTime = (date: Date) => new Tagged(1, Math.floor(date.getTime() / 1000));

export function buildCose(plan: Plan, chain: readonly Buffer[], stamp: Stamp): BuiltEnvelope {
  const key = plan.signingKey ?? plan.chain[0]?.key;
  if (!key) throw new Error("there is no signing key");
  const algorithm = ALGORITHMS[key.spec] ?? { cose: -7, hash: "sha256" as const };
  const draft: CoseDraft = {
    protected: [
      [COSE.alg, algorithm.cose],
      [COSE.contentType, plan.contentType],
      [HEADER.scheme, plan.scheme],
      [timeHeader(plan), coseTime(plan.signingTime)],
      ...(plan.expiry ? [[HEADER.expiry, coseTime(plan.expiry)] as [CborValue, CborValue]] : []),
      ...plan.attributes.map(({ key: name, value }): [CborValue, CborValue] => [name, cborOf(value)]),
    ],
    crit: [
      ...criticalHeaders(plan),
      ...plan.attributes.filter(({ critical }) => critical).map(({ key: name }) => name),
    ],
    payload: Buffer.from(plan.payload),
    unprotected: [
      [COSE.x5chain, chain],
      ...(plan.agent === undefined ? [] : [[HEADER.signingAgent, plan.agent] as [CborValue, CborValue]]),
    ],
    key,
    hash: algorithm.hash,
    tag: 18,
    parts: [],
  };
  for (const change of plan.cose) change(draft);
  const withCrit: [CborValue, CborValue][] = [...draft.protected];
  if (!withCrit.some(([label]) => label === COSE.crit)) withCrit.splice(1, 0, [COSE.crit, draft.crit]);
  const encoded = draft.protectedBytes ?? encode(new CborMap(withCrit));
  const protectedBytes = draft.mutate?.(encoded) ?? encoded;
  const toBeSigned = encode(["Signature1", protectedBytes, Buffer.alloc(0), draft.payload]);
  const signature = signEnvelope(draft.key, toBeSigned, draft.hash, draft.saltLength);
  const token = stamp(signature);
  if (token) draft.unprotected.push([HEADER.timestampSignature, token]);
  const members: CborValue[] = [protectedBytes, new CborMap(draft.unprotected), draft.payload, signature];
  for (const change of draft.parts) change(members);
  const message = members;
  return { bytes: encode(draft.tag === null ? message : new Tagged(draft.tag, message)), signature };
}

/** JSON's values in CBOR. */
function cborOf(value: unknown): CborValue {
  if (Array.isArray(value)) return value.map(cborOf);
  if (typeof value === "object" && value !== null && !(value instanceof Raw) && !Buffer.isBuffer(value)) {
    return new CborMap(Object.entries(value).map(([key, member]) => [key, cborOf(member)]));
  }
  return value as CborValue;
}
