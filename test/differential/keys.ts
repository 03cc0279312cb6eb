import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
} from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../support/tools";

/** The key specs of the Notary Project, and keys that it has no algorithm for. */
export type Spec = "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-256" | "EC-384" | "EC-521" | OddSpec;
type OddSpec = "RSA-1024" | "RSA-2056" | "EC-224" | "Ed25519";

export type Hash = "sha1" | "sha256" | "sha384" | "sha512";

export interface Key {
  spec: Spec;
  privateKey: KeyObject;
  /** DER of its SubjectPublicKeyInfo. */
  spki: Buffer;
}

/** How many of each: two that differ where one is to be mistaken for the other. */
const COUNTS: Record<Spec, number> = {
  "RSA-2048": 3,
  "RSA-3072": 2,
  "RSA-4096": 1,
  "EC-256": 8,
  "EC-384": 4,
  "EC-521": 2,
  "RSA-1024": 1,
  "RSA-2056": 1,
  "EC-224": 1,
  Ed25519: 1,
};
export const CURVES: Partial<Record<Spec, string>> = {
  "EC-224": "secp224r1",
  "EC-256": "prime256v1",
  "EC-384": "secp384r1",
  "EC-521": "secp521r1",
};

/** Test keys, made once for this clone: generating RSA keys takes longer than a run. */
export function loadKeys(): ReadonlyMap<Spec, readonly Key[]> {
  const file = join(projectRoot, ".breakwater", "differential", "keys.json");
  if (!existsSync(file)) writeKeys(file);
  const stored = JSON.parse(readFileSync(file, "utf8")) as Record<Spec, string[]>;
  return new Map(
    Object.entries(stored).map(([spec, pems]) => [spec as Spec, pems.map((pem) => keyOf(spec as Spec, pem))]),
  );
}

function writeKeys(file: string): void {
  const made = Object.entries(COUNTS).map(([spec, count]) => [
    spec,
    Array.from({ length: count }, () => generate(spec as Spec)),
  ]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(Object.fromEntries(made)), { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}

function generate(spec: Spec): string {
  const [type, size] = spec.split("-");
  const { privateKey } =
    type === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: Number(size) })
      : type === "EC"
        ? generateKeyPairSync("ec", { namedCurve: CURVES[spec] ?? "" })
        : generateKeyPairSync("ed25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function keyOf(spec: Spec, pem: string): Key {
  const privateKey = createPrivateKey(pem);
  return { spec, privateKey, spki: createPublicKey(privateKey).export({ type: "spki", format: "der" }) };
}

export const isRsa = ({ spec }: Key) => spec.startsWith("RSA");

/** JWS' alg for a key of the six key specs. */
export const ALGORITHMS: Partial<Record<Spec, { jws: string; cose: number; hash: Hash }>> = {
  "RSA-2048": { jws: "PS256", cose: -37, hash: "sha256" },
  "RSA-3072": { jws: "PS384", cose: -38, hash: "sha384" },
  "RSA-4096": { jws: "PS512", cose: -39, hash: "sha512" },
  "EC-256": { jws: "ES256", cose: -7, hash: "sha256" },
  "EC-384": { jws: "ES384", cose: -35, hash: "sha384" },
  "EC-521": { jws: "ES512", cose: -36, hash: "sha512" },
};

/** A signature as envelopes have it: PSS, or the two numbers of ECDSA side by side. */
export function signEnvelope(key: Key, content: Buffer, hash: Hash | undefined, saltLength?: number): Buffer {
  if (key.spec === "Ed25519") return sign(null, content, key.privateKey);
  const input: SignKeyObjectInput = isRsa(key)
    ? {
        key: key.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: saltLength ?? constants.RSA_PSS_SALTLEN_DIGEST,
      }
    : { key: key.privateKey, dsaEncoding: "ieee-p1363" };
  return sign(hash ?? "sha256", content, input);
}

/** A signature as X.509 and CMS have it: PKCS#1 v1.5 (or PSS), or ECDSA in DER. */
export function signDer(key: Key, content: Buffer, hash: Hash, pss = false): Buffer {
  if (key.spec === "Ed25519") return sign(null, content, key.privateKey);
  if (!isRsa(key)) return sign(hash, content, key.privateKey);
  const padding = pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return sign(hash, content, { key: key.privateKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
}
