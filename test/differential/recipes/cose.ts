import type { Workshop } from "../baseline";
import { CborMap, type CborValue, encode, Float, head, Raw, Tagged } from "../cbor";
import { COSE, type CoseDraft, HEADER, setMember } from "../envelope";
import { ALGORITHMS } from "../keys";
import type { Plan } from "../plan";
import type { Change, Recipe } from "./recipe";

type DraftChange = (draft: CoseDraft, shop: Workshop, plan: Plan) => void;

const cose =
  (...changes: readonly DraftChange[]): Change =>
  (plan, shop) => {
    plan.format = "cose";
    const change = shop.random.pick(changes);
    plan.cose.push((draft) => change(draft, shop, plan));
  };
const header =
  (label: CborValue, value?: CborValue): DraftChange =>
  (draft) =>
    setMember(draft.protected, label, value);
const unprotected =
  (label: CborValue, value?: CborValue): DraftChange =>
  (draft) =>
    setMember(draft.unprotected, label, value);
const part =
  (at: number, change: (value: CborValue, shop: Workshop) => CborValue): DraftChange =>
  (draft, shop) => {
    draft.parts.push((members) => {
      members[at] = change(members[at], shop);
    });
  };
const crit =
  (change: (labels: CborValue[]) => CborValue): DraftChange =>
  (draft) => {
    setMember<CborValue, CborValue>(draft.protected, COSE.crit, change(draft.crit));
  };
/** A null, which `setMember` takes like any value. */
const NULL = new Raw(Buffer.from([0xf6]));
const own = (plan: Plan) => (plan.scheme === "notary.x509" ? HEADER.signingTime : HEADER.authenticSigningTime);
const foreign = (plan: Plan) => (plan.scheme === "notary.x509" ? HEADER.authenticSigningTime : HEADER.signingTime);
const epoch = (value: CborValue) => new Tagged(1, value);
const ownTime =
  (change: (seconds: number) => CborValue): DraftChange =>
  (draft, _shop, plan) =>
    setMember<CborValue, CborValue>(draft.protected, own(plan), change(Math.floor(plan.signingTime.getTime() / 1000)));
const expiry =
  (value: CborValue, critical = true): DraftChange =>
  (draft) => {
    setMember<CborValue, CborValue>(draft.protected, HEADER.expiry, value);
    draft.crit = draft.crit.filter((label) => label !== HEADER.expiry);
    if (critical) draft.crit.push(HEADER.expiry);
  };
/** The protected header's own bytes, changed before signing. */
const bytesOfHeader =
  (change: (bytes: Buffer, shop: Workshop) => Buffer): DraftChange =>
  (draft, shop) => {
    draft.protectedBytes = change(encode(new CborMap([[COSE.crit, draft.crit], ...draft.protected])), shop);
  };
const pairs = (draft: CoseDraft): [CborValue, CborValue][] => [[COSE.crit, draft.crit], ...draft.protected];

export const COSE_RECIPES: readonly Recipe[] = [
  {
    name: "cose: malformed envelope",
    weight: 2,
    change: cose(
      (draft) => {
        draft.tag = null;
      },
      (draft, { random }) => {
        draft.tag = random.pick([17, 98, 61, 0]);
      },
      part(0, () => null),
      part(0, () => "x"),
      part(1, () => null),
      part(1, () => []),
      part(2, () => null),
      part(2, () => "text"),
      part(2, () => Buffer.alloc(0)),
      part(3, () => null),
      part(3, () => Buffer.alloc(0)),
      (draft) => draft.parts.push((members) => members.pop()),
      (draft) => draft.parts.push((members) => members.push(1)),
      part(1, (value) => new CborMap([...(value as CborMap).entries, ["x", 1], ["x", 2]])),
      part(1, (value) => new CborMap([...(value as CborMap).entries, [Buffer.from("k"), 1]])),
      part(1, (value) => new CborMap([...(value as CborMap).entries, [true, 1]])),
    ),
  },
  {
    name: "cose: encodings",
    weight: 2,
    change: (plan, shop) => {
      plan.format = "cose";
      const { random } = shop;
      const changes: ((bytes: Buffer) => Buffer)[] = [
        (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
        (bytes) => bytes.subarray(0, bytes.length - 1),
        (bytes) => Buffer.concat([Buffer.from([0xd8, 0x12]), bytes.subarray(1)]),
        (bytes) => Buffer.concat([bytes.subarray(0, 1), Buffer.from([0x98, 4]), bytes.subarray(2)]),
        (bytes) => Buffer.concat([bytes.subarray(0, 1), Buffer.from([0x9f]), bytes.subarray(2), Buffer.from([0xff])]),
        (bytes) => Buffer.concat([Buffer.from([0xd9, 0xd9, 0xf7]), bytes]),
        () => Buffer.alloc(0),
        () => Buffer.from([0xd2, 0x84]),
      ];
      const change = random.pick(changes);
      plan.bytes.push(change);
    },
  },
  {
    name: "cose: encodings inside",
    weight: 2,
    change: cose(
      part(2, (value) => new Raw(Buffer.concat([head(2, BigInt((value as Buffer).length), 4), value as Buffer]))),
      part(3, (value) => new Raw(Buffer.concat([head(2, BigInt((value as Buffer).length), 8), value as Buffer]))),
      part(0, (value) => new Raw(Buffer.concat([head(2, BigInt((value as Buffer).length), 4), value as Buffer]))),
      part(2, (value) => new Raw(Buffer.concat([Buffer.from([0x5f]), encode(value), Buffer.from([0xff])]))),
      part(1, (value) => new Raw(indefiniteMap((value as CborMap).entries))),
      (draft) => {
        draft.protectedBytes = indefiniteMap(pairs(draft));
      },
      (draft) => {
        draft.protectedBytes = Buffer.concat([
          head(5, BigInt(pairs(draft).length), 2),
          ...pairs(draft).map(([key, value]) => Buffer.concat([encode(key), encode(value)])),
        ]);
      },
      bytesOfHeader((bytes) => Buffer.concat([bytes, Buffer.from([0])])),
      bytesOfHeader((bytes) => bytes.subarray(0, bytes.length - 1)),
      bytesOfHeader(() => Buffer.alloc(0)),
      bytesOfHeader(() => Buffer.from([0xa0])),
      bytesOfHeader(() => Buffer.from([0x80])),
      header("com.example.x", new Raw(Buffer.from("7f6161ff", "hex"))),
      header("com.example.x", new Raw(Buffer.from("62fffe", "hex"))),
      header("com.example.x", new Raw(Buffer.from("f818", "hex"))),
      header("com.example.x", new Raw(Buffer.from("f97e00", "hex"))),
      header("com.example.x", new Raw(Buffer.from("e0", "hex"))),
      header("com.example.x", new Raw(Buffer.from("c11a5f5e1000", "hex"))),
      header("com.example.x", new Raw(Buffer.from("c06474657874", "hex"))),
      header("com.example.x", new Raw(Buffer.from("c24101", "hex"))),
      header("com.example.x", new Raw(Buffer.from("1bffffffffffffffff", "hex"))),
      header("com.example.x", new Raw(Buffer.from("3bffffffffffffffff", "hex"))),
      header(
        "com.example.x",
        new CborMap([
          ["a", 1],
          ["a", 2],
        ]),
      ),
      header("com.example.x", new Raw(Buffer.concat([Buffer.alloc(40, 0x81), Buffer.from([1])]))),
      header("com.example.x", new CborMap([[Buffer.from("k"), 1]])),
      header("com.example.x", new CborMap([[[1], 1]])),
      header(new Raw(encodedLabel("1b00000000000003e8")), 1),
      header(new Raw(encodedLabel("3903e7")), "negative label"),
      unprotected(
        "com.example.x",
        new CborMap([
          ["a", 1],
          ["a", 2],
        ]),
      ),
      unprotected("com.example.x", new Raw(Buffer.from("62fffe", "hex"))),
      unprotected("com.example.x", new Raw(Buffer.from("c1fb7ff8000000000000", "hex"))),
    ),
  },
  {
    name: "cose: duplicate labels",
    change: cose(
      (draft) => draft.protected.push([COSE.alg, -7]),
      (draft) => draft.protected.push(["com.example.x", 1], ["com.example.x", 2]),
      (draft) => draft.protected.push([HEADER.scheme, "notary.x509"]),
      (draft) => draft.unprotected.push([COSE.x5chain, []]),
      (draft) => draft.unprotected.push([COSE.alg, -7]),
      (draft) => draft.unprotected.push([HEADER.scheme, "notary.x509"]),
      (draft) => draft.unprotected.push([COSE.contentType, "a/b"]),
    ),
  },
  {
    name: "cose: another signature",
    change: cose(
      part(3, (value, { random }) => random.bytes((value as Buffer).length)),
      part(3, (value) => (value as Buffer).subarray(1)),
      part(2, (value) => Buffer.concat([value as Buffer, Buffer.from(" ")])),
      (draft, shop) => {
        draft.key = shop.otherKey(draft.key);
      },
      (draft) => {
        draft.saltLength = 0;
      },
      (draft) => {
        draft.hash = draft.hash === "sha256" ? "sha384" : "sha256";
      },
      part(0, (value) => Buffer.concat([(value as Buffer).subarray(0, -1), Buffer.alloc(1)])),
    ),
  },
  {
    name: "cose: algorithms",
    weight: 2,
    change: cose(
      header(COSE.alg),
      header(COSE.alg, NULL),
      header(COSE.alg, "ES256"),
      ...[-7, -35, -36, -37, -38, -39, -8, -257, -65535, 0, 5, -47].map((value) => header(COSE.alg, value)),
      (draft) => {
        const rsa = draft.key.spec.startsWith("RSA");
        const [own, other] = rsa ? [-38, -39] : [-35, -36];
        const value = ALGORITHMS[draft.key.spec]?.cose === own ? other : own;
        draft.hash = value === own ? "sha384" : "sha512";
        setMember<CborValue, CborValue>(draft.protected, COSE.alg, value);
      },
    ),
  },
  {
    name: "cose: protected header",
    weight: 2,
    change: cose(
      header(COSE.contentType),
      header(COSE.contentType, 50),
      header(COSE.contentType, NULL),
      header(COSE.contentType, "noslash"),
      header(COSE.contentType, " a/b"),
      header(HEADER.scheme),
      header(HEADER.scheme, "notary.x509.other"),
      header(HEADER.scheme, 1),
      header(HEADER.scheme, Buffer.from("notary.x509")),
      (draft, _shop, plan) => setMember(draft.protected, own(plan)),
      (draft, _shop, plan) => setMember<CborValue, CborValue>(draft.protected, own(plan), NULL),
      (draft, _shop, plan) => setMember<CborValue, CborValue>(draft.protected, foreign(plan), epoch(1_780_315_200)),
      (draft, _shop, plan) => setMember<CborValue, CborValue>(draft.protected, foreign(plan), "x"),
      ownTime((seconds) => seconds),
      ownTime((seconds) => new Float(seconds)),
      ownTime((seconds) => epoch(new Float(seconds))),
      ownTime((seconds) => epoch(new Float(seconds + 0.5))),
      ownTime(() => epoch(new Float(Number.NaN))),
      ownTime(() => epoch("x")),
      ownTime((seconds) => new Tagged(0, new Date(seconds * 1000).toISOString())),
      ownTime((seconds) => new Tagged(2, seconds)),
      ownTime((seconds) => epoch(epoch(seconds))),
      ownTime(() => epoch(-1)),
      ownTime(() => epoch(-62_135_596_800)),
      ownTime(() => epoch(253_402_300_799)),
      ownTime(() => epoch(2n ** 63n)),
      expiry(1_900_000_000),
      expiry(NULL),
      expiry(epoch(new Float(Number.NaN))),
      expiry(epoch(1_900_000_000), false),
      expiry(epoch(-62_135_596_800)),
    ),
  },
  {
    name: "cose: critical headers",
    weight: 2,
    change: cose(
      crit(() => NULL),
      crit(() => []),
      crit(() => "x"),
      crit((labels) => labels.slice(1)),
      crit((labels) => labels.slice(0, -1)),
      crit((labels) => [...labels, ...labels]),
      crit((labels) => [...labels, "absent"]),
      crit((labels) => [...labels, COSE.alg]),
      crit((labels) => [...labels, COSE.contentType]),
      crit((labels) => [...labels, COSE.crit]),
      crit((labels) => [...labels, 33]),
      crit((labels) => [...labels, HEADER.expiry]),
      crit((labels) => [...labels, Buffer.from("x")]),
      crit((labels) => [...labels, null]),
      crit((labels) => [...labels, -1]),
      (draft, _shop, plan) => draft.crit.push(own(plan)),
      (draft) => {
        setMember<CborValue, CborValue>(draft.unprotected, COSE.crit, draft.crit);
      },
    ),
  },
  {
    name: "cose: x5chain",
    weight: 2,
    change: cose(
      unprotected(COSE.x5chain),
      unprotected(COSE.x5chain, []),
      unprotected(COSE.x5chain, NULL),
      unprotected(COSE.x5chain, "x"),
      unprotected(COSE.x5chain, ["x"]),
      unprotected(COSE.x5chain, [Buffer.alloc(0)]),
      (draft) => changeX5chain(draft, (chain) => chain[0]),
      (draft) => changeX5chain(draft, (chain) => [...chain, 1]),
      (draft) => changeX5chain(draft, (chain) => [...chain, null]),
      (draft) => changeX5chain(draft, (chain) => Array.from({ length: 40 }, () => chain[0])),
      (draft) => {
        const found = draft.unprotected.find(([label]) => label === COSE.x5chain);
        setMember<CborValue, CborValue>(draft.unprotected, COSE.x5chain);
        if (found) draft.protected.push(found);
      },
      (draft) => {
        const found = draft.unprotected.find(([label]) => label === COSE.x5chain);
        if (found) draft.protected.push(found);
      },
    ),
  },
  {
    name: "cose: parameters of COSE",
    weight: 2,
    change: cose(
      header(4, Buffer.from("kid")),
      header(4, "kid"),
      header(5, Buffer.from("iv")),
      header(5, 1),
      (draft) => draft.protected.push([5, Buffer.from("iv")], [6, Buffer.from("piv")]),
      header(6, Buffer.from("iv")),
      header(7, 1),
      header(9, Buffer.alloc(1)),
      header(11, []),
      header(12, Buffer.alloc(1)),
      header(16, "a/b"),
      header(16, "nope"),
      header(15, new CborMap([])),
      header(34, [-16, Buffer.alloc(32)]),
      header(33, Buffer.alloc(3)),
      unprotected(4, Buffer.from("kid")),
      unprotected(4, "kid"),
      unprotected(5, Buffer.from("iv")),
      unprotected(7, [Buffer.alloc(0), new CborMap([]), Buffer.alloc(8)]),
      unprotected(9, Buffer.alloc(1)),
      unprotected(9, "x"),
      unprotected(12, Buffer.alloc(1)),
      unprotected(16, "a/b"),
      unprotected(HEADER.signingAgent, 1),
      unprotected(HEADER.signingAgent, Buffer.from("x")),
      (draft) => draft.parts.push((members) => replaceToken(members, "x")),
      (draft) => draft.parts.push((members) => replaceToken(members, Buffer.alloc(0))),
      (draft) => draft.parts.push((members) => replaceToken(members, null)),
    ),
  },
];

function encodedLabel(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

function indefiniteMap(entries: readonly (readonly [CborValue, CborValue])[]): Buffer {
  return Buffer.concat([
    Buffer.from([0xbf]),
    ...entries.flatMap(([key, value]) => [encode(key), encode(value)]),
    Buffer.from([0xff]),
  ]);
}

function changeX5chain(draft: CoseDraft, change: (chain: readonly CborValue[]) => CborValue): void {
  const found = draft.unprotected.find(([label]) => label === COSE.x5chain);
  if (found) found[1] = change(found[1] as readonly CborValue[]);
}

function replaceToken(members: CborValue[], value: CborValue): void {
  const map = members[1] as CborMap;
  members[1] = new CborMap([
    ...map.entries.filter(([label]) => label !== HEADER.timestampSignature),
    [HEADER.timestampSignature, value],
  ]);
}
