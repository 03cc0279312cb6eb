import type { Workshop } from "../baseline";
import type { JwsDraft } from "../envelope";
import { HEADER, setMember } from "../envelope";
import type { Plan } from "../plan";
import type { Change, Recipe } from "./recipe";
import { oneOf } from "./recipe";

type DraftChange = (draft: JwsDraft, shop: Workshop, plan: Plan) => void;

/** In a JWS envelope, before it is signed. */
const jws =
  (...changes: readonly DraftChange[]): Change =>
  (plan, shop) => {
    plan.format = "jws";
    const change = shop.random.pick(changes);
    plan.jws.push((draft) => change(draft, shop, plan));
  };
const header =
  (name: string, value?: string): DraftChange =>
  (draft) =>
    setMember(draft.protected, name, value);
const unprotected =
  (name: string, value?: string): DraftChange =>
  (draft) =>
    setMember(draft.unprotected, name, value);
/** Of the whole envelope, after signing. */
const member =
  (name: string, value?: string): DraftChange =>
  (draft) => {
    draft.parts.push((members) => setMember(members, name, value));
  };
const memberText =
  (name: string, change: (text: string, shop: Workshop) => string): DraftChange =>
  (draft, shop) => {
    draft.parts.push((members) => {
      const found = members.find(([each]) => each === name);
      if (found) found[1] = JSON.stringify(change(JSON.parse(found[1]) as string, shop));
    });
  };
const crit =
  (change: (names: string[], shop: Workshop) => unknown): DraftChange =>
  (draft, shop) => {
    setMember(draft.protected, "crit", JSON.stringify(change(draft.crit, shop)));
  };
const own = (plan: Plan) => (plan.scheme === "notary.x509" ? HEADER.signingTime : HEADER.authenticSigningTime);
const foreign = (plan: Plan) => (plan.scheme === "notary.x509" ? HEADER.authenticSigningTime : HEADER.signingTime);
const MALFORMED_TIMES = [
  "2026-06-01T12:00:00",
  "2026-06-01 12:00:00Z",
  "2026-06-01t12:00:00z",
  "2026-02-30T12:00:00Z",
  "2026-06-01T24:00:00Z",
  "2026-06-01T12:00:60Z",
  "2026-06-01T12:00:00+24:00",
  "2026-06-01T12:00:00+0200",
  "2026-06-01T12:00Z",
  "26-06-01T12:00:00Z",
  "2026-06-01T12:00:00.Z",
  "2026-06-01T12:00:00,5Z",
  "2026-6-1T12:00:00Z",
  "",
  "now",
];

/** Bytes of the protected header, changed before signing. */
const bytesOfHeader =
  (change: (text: string, shop: Workshop) => string | Buffer): DraftChange =>
  (draft, shop) => {
    const members: [string, string][] = [["crit", JSON.stringify(draft.crit)], ...draft.protected];
    const text = `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
    const changed = change(text, shop);
    draft.protectedBytes = Buffer.isBuffer(changed) ? changed : Buffer.from(changed);
  };

export const JWS: readonly Recipe[] = [
  {
    name: "jws: malformed envelope",
    change: jws(
      member("payload"),
      member("protected"),
      member("header"),
      member("signature"),
      member("payload", '""'),
      member("signature", '""'),
      member("protected", '""'),
      member("payload", "1"),
      member("header", "null"),
      member("header", "[]"),
      member("signature", "{}"),
      (draft) => draft.parts.push((members) => members.splice(0)),
    ),
  },
  { name: "jws: further members", change: jws(member("extra", "1"), member("signatures", "[]"), member("kid", '"x"')) },
  {
    name: "jws: not strict base64url",
    change: jws(
      memberText("payload", (text) => `${text}=`),
      memberText("signature", (text) => `${text}==`),
      memberText("protected", (text) => `${text.slice(0, 8)}\n${text.slice(8)}`),
      memberText("signature", (text) => text.replace(/.$/, (last) => (last === "A" ? "B" : "A"))),
      memberText("payload", (text) => `${text}!`),
      memberText("signature", (text) => text.replaceAll("-", "+").replaceAll("_", "/")),
    ),
  },
  {
    name: "jws: another signature",
    change: jws(
      memberText("signature", (text, { random }) =>
        random.bytes(Buffer.from(text, "base64url").length).toString("base64url"),
      ),
      memberText("signature", (text) => Buffer.from(text, "base64url").subarray(1).toString("base64url")),
      memberText("payload", (text) => Buffer.from(`${Buffer.from(text, "base64url")} `).toString("base64url")),
      (draft, shop) => {
        draft.key = shop.otherKey(draft.key);
      },
      (draft) => {
        draft.saltLength = 0;
      },
      (draft) => {
        draft.hash = draft.hash === "sha256" ? "sha384" : "sha256";
      },
      memberText("signature", (text) => `${text}AAAA`),
    ),
  },
  {
    name: "jws: PSS with another salt",
    change: (plan, shop) => {
      plan.format = "jws";
      const [leaf] = plan.chain;
      if (leaf) leaf.key = shop.key("RSA-2048");
      const saltLength = shop.random.pick([0, 20, 31, 33]);
      plan.jws.push((draft) => {
        draft.saltLength = saltLength;
      });
    },
  },
  {
    name: "jws: unsupported algorithm",
    change: jws(
      ...["none", "HS256", "RS256", "ES256K", "EdDSA", "ps256", "PS256 ", ""].map((name) =>
        header("alg", JSON.stringify(name)),
      ),
      header("alg"),
      header("alg", "null"),
      header("alg", "256"),
      header("alg", '["ES256"]'),
    ),
  },
  {
    name: "jws: algorithm of another key",
    change: jws(
      ...["PS256", "PS384", "PS512", "ES256", "ES384", "ES512"].map((name) => header("alg", JSON.stringify(name))),
      (draft) => {
        // Signed in fact with the hash that the header names.
        const rsa = draft.key.spec.startsWith("RSA");
        const hash = draft.hash === "sha384" ? "sha512" : "sha384";
        draft.hash = hash;
        setMember(draft.protected, "alg", JSON.stringify(`${rsa ? "PS" : "ES"}${hash.slice(3)}`));
      },
    ),
  },
  {
    name: "jws: content type",
    weight: 2,
    change: (plan, { random }) => {
      plan.contentType = random.pick([
        "application/json",
        "",
        "application/vnd.cncf.notary.payload.v2+json",
        "APPLICATION/vnd.cncf.notary.payload.v1+json",
      ]);
    },
  },
  {
    name: "jws: protected header",
    weight: 2,
    change: jws(
      header("cty"),
      header("cty", "1"),
      header("cty", "null"),
      header(HEADER.scheme),
      header(HEADER.scheme, '"notary.x509.other"'),
      header(HEADER.scheme, '""'),
      header(HEADER.scheme, "1"),
      (draft, _shop, plan) => setMember(draft.protected, own(plan)),
      (draft, _shop, plan) => setMember(draft.protected, own(plan), "null"),
      (draft, _shop, plan) => setMember(draft.protected, own(plan), "1780315200"),
      (draft, _shop, plan) => setMember(draft.protected, foreign(plan), '"2026-06-01T12:00:00Z"'),
      (draft, _shop, plan) => setMember(draft.protected, foreign(plan), "null"),
      (draft, { random }, plan) => setMember(draft.protected, own(plan), JSON.stringify(random.pick(MALFORMED_TIMES))),
      (draft, { random }) => {
        setMember(draft.protected, HEADER.expiry, JSON.stringify(random.pick(MALFORMED_TIMES)));
        if (!draft.crit.includes(HEADER.expiry)) draft.crit.push(HEADER.expiry);
      },
      header(HEADER.expiry, "null"),
      bytesOfHeader(() => "[]"),
      bytesOfHeader(() => "null"),
    ),
  },
  {
    name: "jws: critical headers",
    weight: 2,
    change: jws(
      header("crit", "null"),
      header("crit", '"x"'),
      crit(() => []),
      crit((names) => names.slice(1)),
      crit((names) => names.slice(0, -1)),
      crit((names) => [...names, names[0]]),
      crit((names) => [...names, "absent"]),
      crit((names) => [...names, "alg"]),
      crit((names) => [...names, "cty"]),
      crit((names) => [...names, "crit"]),
      crit((names) => [...names, "b64"]),
      crit((names) => [...names, 1]),
      crit((names) => [...names, HEADER.expiry]),
      crit((names) => [...names, HEADER.signingTime]),
      crit((names) => names.map((name) => name.toUpperCase())),
      (draft) => {
        draft.protected.push(["b64", "false"]);
        draft.crit.push("b64");
      },
    ),
  },
  {
    name: "jws: registered headers",
    change: jws(
      header("kid", '"x"'),
      header("typ", '"JOSE"'),
      header("jwk", "{}"),
      header("x5u", '"http://x"'),
      header("b64", "true"),
      header("b64", "false"),
    ),
  },
  {
    name: "jws: duplicate and miscased names",
    weight: 4,
    change: jws(
      (draft) => draft.protected.push(["alg", JSON.stringify("ES256")]),
      (draft) => draft.protected.push(["Alg", JSON.stringify("none")]),
      (draft) => draft.protected.push(["CTY", JSON.stringify("x")]),
      (draft) => draft.protected.push(["IO.CNCF.NOTARY.EXPIRY", JSON.stringify("2020-01-01T00:00:00Z")]),
      (draft) => draft.protected.push([HEADER.scheme, JSON.stringify("notary.x509")]),
      (draft) => draft.protected.push(["io.cncf.notary.signing\u017fcheme", JSON.stringify("notary.x509")]),
      (draft) => draft.parts.push((members) => members.push(["payload", '"e30"'])),
      (draft) => draft.parts.push((members) => members.push(["Signature", '"AAAA"'])),
      (draft) => draft.parts.push((members) => members.push(["HEADER", "{}"])),
      (draft) => draft.unprotected.push(["X5C", "[]"]),
      (draft) => draft.unprotected.push(["x5c", "[]"]),
      (draft) => draft.protected.push(["com.example.x", "1"], ["com.example.x", "2"]),
      (draft) => draft.protected.push(["com.example.o", '{"a":1,"a":2}']),
    ),
  },
  {
    name: "jws: JSON of the protected header",
    weight: 2,
    change: jws(
      bytesOfHeader((text) => text.slice(0, -1)),
      bytesOfHeader((text) => `${text}x`),
      bytesOfHeader((text) => ` ${text}\n`),
      bytesOfHeader((text) => `\ufeff${text}`),
      bytesOfHeader((text) => text.replace("}", ",}")),
      bytesOfHeader((text) => text.replaceAll('"', "'")),
      bytesOfHeader((text) =>
        Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"com.example.x":"\xff"}', "latin1")]),
      ),
      bytesOfHeader((text) => text.replace("{", '{"com.example.x":"\\ud800",')),
      bytesOfHeader((text) => text.replace("{", '{"com.example.x":1e400,')),
      bytesOfHeader((text) => text.replace("{", `{"com.example.x":${"[".repeat(200)}${"]".repeat(200)},`)),
      bytesOfHeader((text) => text.replace("{", '{"com.example.x":-0.0e-1,')),
      bytesOfHeader((text) => text.replace("{", '{"com.example.x":"\t",')),
      bytesOfHeader(() => ""),
    ),
  },
  {
    name: "jws: JSON of the envelope",
    weight: 2,
    change: (plan, { random }) => {
      plan.format = "jws";
      const changes: ((text: string) => string | Buffer)[] = [
        (text) => text.slice(0, -1),
        (text) => `${text}x`,
        (text) => `${text}\n{}`,
        (text) => ` \t${text}\r\n`,
        (text) => `\ufeff${text}`,
        (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"extra":"\xff"}', "latin1")]),
        () => "null",
        () => "[]",
        () => "",
        () => '""',
        (text) => text.replace('"payload"', '"\\u0070ayload"'),
        (text) => text.replace('"header":{', '"header":{"x":"\xff",'),
      ];
      const change = random.pick(changes);
      plan.bytes.push((bytes) => Buffer.from(change(bytes.toString())));
    },
  },
  {
    name: "jws: unprotected header",
    weight: 2,
    change: jws(
      unprotected("x5c"),
      unprotected("x5c", "[]"),
      unprotected("x5c", "null"),
      unprotected("x5c", '"AAAA"'),
      unprotected("x5c", "[1]"),
      unprotected("x5c", "[null]"),
      unprotected("x5c", '[""]'),
      unprotected("x5c", '["!"]'),
      (draft) => changeX5c(draft, ([leaf = "", ...rest]) => [leaf.replaceAll("+", "-").replaceAll("/", "_"), ...rest]),
      (draft) => changeX5c(draft, ([leaf = "", ...rest]) => [leaf.replace(/=+$/, ""), ...rest]),
      (draft) => changeX5c(draft, ([leaf = "", ...rest]) => [`${leaf.slice(0, 64)}\n${leaf.slice(64)}`, ...rest]),
      (draft) => changeX5c(draft, (x5c) => Array.from({ length: 40 }, () => x5c[0] ?? "")),
    ),
  },
  {
    name: "jws: unsigned attributes",
    change: jws(
      unprotected(HEADER.signingAgent, "1"),
      unprotected(HEADER.signingAgent, "null"),
      unprotected(HEADER.signingAgent, '""'),
      unprotected("com.example.x", "[{}]"),
      unprotected("alg", '"none"'),
      unprotected(HEADER.scheme, '"x"'),
      unprotected("crit", '["x"]'),
      (draft) => draft.parts.push((members) => replaceToken(members, "1")),
      (draft) => draft.parts.push((members) => replaceToken(members, '"!"')),
      (draft) => draft.parts.push((members) => replaceToken(members, "null")),
      (draft) => draft.parts.push((members) => replaceToken(members, '""')),
    ),
  },
  {
    name: "jws: fractions of a second",
    change: jws((draft, { random }, plan) => {
      const fraction = random.pick([".1", ".001", ".0005", ".123456789", ".9999999999"]);
      const at = random.pick([own(plan), HEADER.expiry]);
      const found = draft.protected.find(([name]) => name === at);
      if (found) found[1] = found[1].replace(/(:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)"$/, `$1${fraction}$2"`);
    }),
  },
  {
    name: "jws: times that Go takes",
    change: jws((draft, { random }, plan) => {
      const text = random.pick([
        "2026-06-01T12:00:00,5Z",
        "2026-06-01T9:00:00Z",
        "2026-06-01T12:00:00+24:00",
        "2026-06-01T12:00:00-24:30",
      ]);
      setMember(draft.protected, own(plan), JSON.stringify(text));
    }),
  },
  {
    name: "jws: zero times",
    change: jws(
      (draft, _shop, plan) => setMember(draft.protected, own(plan), '"0001-01-01T00:00:00Z"'),
      (draft) => setMember(draft.protected, HEADER.expiry, '"0001-01-01T00:00:00Z"'),
      (draft, _shop, plan) => setMember(draft.protected, own(plan), '"0000-01-01T00:00:00Z"'),
      (draft, _shop, plan) => setMember(draft.protected, own(plan), '"9999-12-31T23:59:59Z"'),
      (draft, _shop, plan) => setMember(draft.protected, own(plan), '"0001-01-01T01:00:00+01:00"'),
    ),
  },
  {
    name: "jws: media type of the other format",
    change: oneOf((plan) => {
      plan.mediaType = plan.format === "jws" ? "application/cose" : "application/jose+json";
    }),
  },
];

function changeX5c(draft: JwsDraft, change: (x5c: string[]) => string[]): void {
  const found = draft.unprotected.find(([name]) => name === "x5c");
  if (found) found[1] = JSON.stringify(change(JSON.parse(found[1]) as string[]));
}

function replaceToken(members: [string, string][], value: string): void {
  const found = members.find(([name]) => name === "header");
  if (!found) return;
  const rest = Object.entries(JSON.parse(found[1]) as Record<string, unknown>).filter(
    ([name]) => name !== HEADER.timestampSignature,
  );
  found[1] = `{${[...rest.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`), `${JSON.stringify(HEADER.timestampSignature)}:${value}`].join(",")}}`;
}
