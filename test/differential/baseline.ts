import { createHash } from "node:crypto";
import {
  authorityKeyIdentifier,
  basicConstraints,
  type CertificatePlan,
  extendedKeyUsage,
  keyUsage,
  PURPOSE,
  subjectKeyIdentifier,
  USAGE,
} from "./certificates";
import type { Key, Spec } from "./keys";
import { type Attribute, identityText, plainName } from "./names";
import type { Plan, StoreEntry } from "./plan";
import type { Random } from "./random";
import type { CrlPlan, OcspPlan } from "./revocation";
import type { TokenPlan } from "./timestamp";

export const SECOND = 1000;
export const DAY = 86_400 * SECOND;
const EPOCH = Date.UTC(2026, 5, 1, 12);
export const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";

export type Level = "strict" | "permissive" | "audit";
export type Action = "enforce" | "log" | "skip";

/** What recipes make cases with: random choices and a pool of keys. */
export class Workshop {
  readonly random: Random;
  readonly #keys: ReadonlyMap<Spec, readonly Key[]>;
  /** Names and addresses that were given away. */
  readonly #made: { count: number };

  constructor(random: Random, keys: ReadonlyMap<Spec, readonly Key[]>, made = { count: 0 }) {
    this.random = random;
    this.#keys = keys;
    this.#made = made;
  }

  /** The same workshop with other choices. */
  fork(random: Random): Workshop {
    return new Workshop(random, this.#keys, this.#made);
  }

  key(spec: Spec): Key {
    return this.random.pick(this.#keys.get(spec) ?? []);
  }

  /** A key of the same kind that is another one. */
  otherKey(key: Key): Key {
    const others = (this.#keys.get(key.spec) ?? []).filter((each) => each !== key);
    return others.length > 0 ? this.random.pick(others) : this.key("EC-256");
  }

  signerKey(): Key {
    return this.key(
      this.random.weighted<Spec>([
        [62, "EC-256"],
        [8, "EC-384"],
        [5, "EC-521"],
        [15, "RSA-2048"],
        [6, "RSA-3072"],
        [4, "RSA-4096"],
      ]),
    );
  }

  authorityKey(): Key {
    return this.key(
      this.random.weighted<Spec>([
        [80, "EC-256"],
        [8, "EC-384"],
        [10, "RSA-2048"],
        [2, "RSA-3072"],
      ]),
    );
  }

  url(kind: string): string {
    this.#made.count++;
    return `http://${kind}${this.#made.count}.example/${this.random.pick(["a", "crl/x.crl", "q"])}`;
  }

  serial(): Buffer {
    const bytes = this.random.bytes(this.random.pick([1, 8, 16, 19]));
    bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 1;
    return bytes;
  }

  name() {
    this.#made.count++;
    return plainName(this.random, `${this.random.pick(["signer", "ca", "x"])}-${this.#made.count}`);
  }
}

/** A certificate without extensions. */
function blank(shop: Workshop, key: Key, now: number): CertificatePlan {
  const { random } = shop;
  return {
    subject: shop.name(),
    key,
    serial: shop.serial(),
    notBefore: new Date(now - random.between(40, 400) * DAY),
    notAfter: new Date(now + random.between(40, 800) * DAY),
    extensions: [],
    ocsp: [],
    crl: [],
  };
}

export function signerLeaf(shop: Workshop, now: number): CertificatePlan {
  const { random } = shop;
  const leaf = blank(shop, shop.signerKey(), now);
  const usages: number[] = [USAGE.digitalSignature, ...(random.percent(15) ? [USAGE.contentCommitment] : [])];
  leaf.extensions.push(keyUsage(usages));
  if (random.percent(75)) {
    leaf.extensions.push(
      extendedKeyUsage(
        random.weighted<string[]>([
          [80, [PURPOSE.codeSigning]],
          [10, [PURPOSE.codeSigning, PURPOSE.unknown]],
          [5, [PURPOSE.unknown]],
          [5, [PURPOSE.any]],
        ]),
        random.percent(20),
      ),
    );
  }
  if (random.percent(30)) leaf.extensions.push(basicConstraints(false));
  if (random.percent(40)) leaf.extensions.push(subjectKeyIdentifier(leaf.key));
  return leaf;
}

export function timestampingLeaf(shop: Workshop, now: number): CertificatePlan {
  const leaf = blank(shop, shop.authorityKey(), now);
  leaf.extensions.push(keyUsage([USAGE.digitalSignature], shop.random.percent(80)));
  leaf.extensions.push(extendedKeyUsage([PURPOSE.timeStamping], true));
  return leaf;
}

export function authority(shop: Workshop, now: number, below: number): CertificatePlan {
  const { random } = shop;
  const certificate = blank(shop, shop.authorityKey(), now);
  const pathLength = random.percent(50) ? undefined : below + random.below(2);
  certificate.extensions.push(
    basicConstraints(true, pathLength, random.percent(95)),
    keyUsage([USAGE.keyCertSign, USAGE.cRLSign, ...(random.percent(20) ? [USAGE.digitalSignature] : [])]),
  );
  if (random.percent(60)) certificate.extensions.push(subjectKeyIdentifier(certificate.key));
  return certificate;
}

/** Leaf first; `depth` certificates. */
export function chainOf(shop: Workshop, now: number, depth: number, leaf: CertificatePlan): CertificatePlan[] {
  const chain = [leaf, ...Array.from({ length: depth - 1 }, (_, below) => authority(shop, now, below))];
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1];
    if (issuer && shop.random.percent(40)) certificate.extensions.push(authorityKeyIdentifier(issuer.key));
  });
  return chain;
}

export function goodOcsp(shop: Workshop, now: number): OcspPlan {
  const { random } = shop;
  return {
    url: shop.url("ocsp"),
    status: "good",
    thisUpdate: new Date(now - random.between(1, 48) * 3600 * SECOND),
    nextUpdate: new Date(now + random.between(1, 96) * 3600 * SECOND),
    signer: random.percent(60) ? "issuer" : "delegate",
    signerKey: shop.key("EC-256"),
    byKey: random.percent(30),
    ...(random.percent(20) && { certIdHash: random.pick(["sha256", "sha512"] as const) }),
  };
}

export function goodCrl(shop: Workshop, now: number): CrlPlan {
  const { random } = shop;
  const thisUpdate = new Date(now - random.between(1, 48) * 3600 * SECOND);
  return {
    url: shop.url("crl"),
    signer: "issuer",
    signerKey: shop.key("EC-256"),
    thisUpdate,
    nextUpdate: new Date(now + random.between(1, 96) * 3600 * SECOND),
    number: random.between(1, 200),
    // Somebody else's certificates.
    entries: Array.from({ length: random.below(3) }, () => ({
      serial: Buffer.concat([Buffer.from([0x21]), random.bytes(19)]),
      date: thisUpdate,
      reason: random.pick([0, 1, 4, 5]),
    })),
  };
}

/** Publishes good news of every certificate but the root, in one of the usual ways. */
export function publishGood(shop: Workshop, now: number, chain: readonly CertificatePlan[], chance: number): void {
  for (const certificate of chain.slice(0, -1)) {
    if (!shop.random.percent(chance)) continue;
    const way = shop.random.pick(["ocsp", "crl", "both"]);
    if (way !== "crl") certificate.ocsp.push(goodOcsp(shop, now));
    if (way !== "ocsp") certificate.crl.push(goodCrl(shop, now));
  }
}

export function goodToken(shop: Workshop, now: number, signingTime: number): TokenPlan {
  const { random } = shop;
  const chain = chainOf(shop, now, random.pick([2, 2, 3]), timestampingLeaf(shop, now));
  publishGood(shop, now, chain, 20);
  const hash = random.pick(["sha256", "sha384", "sha512"] as const);
  return {
    genTime: new Date(Math.floor(signingTime / SECOND) * SECOND + random.below(60) * SECOND),
    ...(random.percent(30) && { fraction: random.pick([".5", ".25", ".123"]) }),
    ...(random.percent(60) && { accuracy: random.pick([{ seconds: 1 }, { millis: 500 }, { seconds: 2, micros: 10 }]) }),
    policy: random.pick(["1.3.6.1.4.1.4146.2.3", "0.4.0.2023.1.1"]),
    hash,
    chain,
    include: random.percent(50) ? chain.map((_, index) => index) : chain.slice(0, -1).map((_, index) => index),
    signingCertificate: random.pick(["v2", "v2", "v2WithIssuer", "v2OtherHash"] as const),
    ...(random.percent(40) && { signingTime: new Date(Math.floor(signingTime / SECOND) * SECOND) }),
    digest: random.pick(["sha256", "sha384", "sha512"] as const),
    ...(random.percent(40) && { nonce: random.below(2 ** 31) }),
    ...(random.percent(20) && { ordering: true }),
  };
}

/** A trusted identity that the leaf has: some of its attributes, C, ST and O among them. */
export function identityOf(random: Random, { subject }: CertificatePlan): string {
  const attributes = subject.flat();
  const mandatory = (type: string) => ["2.5.4.6", "2.5.4.8", "2.5.4.10"].includes(type);
  const chosen: Attribute[] = attributes.filter(({ type }) => mandatory(type) || random.percent(50));
  if (random.percent(30)) chosen.reverse();
  const text = identityText(chosen, random.pick([", ", ","]));
  return `x509.subject: ${random.percent(20) ? text.replace(/\bST=/, "S=") : text}`;
}

const tsaStore = "tsa:stamps";

/** A plan whose signature verifies, under any level. */
export function validPlan(shop: Workshop): Plan {
  const { random } = shop;
  const clock =
    EPOCH + random.below(1500) * DAY + random.below(86_400) * SECOND + (random.percent(30) ? random.below(1000) : 0);
  const scheme = random.percent(75) ? "notary.x509" : "notary.x509.signingAuthority";
  const depth = random.weighted([
    [15, 1],
    [35, 2],
    [40, 3],
    [10, 4],
  ]);
  const chain = chainOf(shop, clock, depth, signerLeaf(shop, clock));
  publishGood(shop, clock, chain, 30);
  const signingTime = new Date(Math.floor(clock / SECOND) * SECOND - random.below(30 * 86_400) * SECOND);
  const manifest = `manifest ${random.below(1_000_000)}`;
  const artifact = {
    mediaType: random.pick(["application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"]),
    digest: `sha256:${createHash("sha256").update(manifest).digest("hex")}`,
    size: random.below(100_000),
  };
  const annotations = random.percent(40) ? { "build.id": String(random.below(1000)), team: "a=b, <c> & é" } : undefined;
  const scope = random.pick(["registry.example/app", "registry.example:5000/team/net-monitor", "r.example/a/b_c/d-e"]);
  const plan: Plan = {
    clock,
    format: random.percent(50) ? "jws" : "cose",
    scheme,
    chain,
    signingTime,
    ...(random.percent(40) && {
      expiry: new Date(Math.floor(clock / SECOND) * SECOND + random.between(1, 100 * 86_400) * SECOND),
    }),
    zone: random.weighted([
      [70, 0],
      [30, random.pick([120, -330, 765, -1])],
    ]),
    contentType: PAYLOAD_TYPE,
    payload: JSON.stringify({ targetArtifact: { ...artifact, ...(annotations && { annotations }) } }),
    attributes: random.percent(20)
      ? [{ key: "com.example.note", value: random.pick(["x", 1, true]), critical: false }]
      : [],
    ...(random.percent(60) && { agent: "example/1.0" }),
    jws: [],
    cose: [],
    bytes: [],
    artifact,
    scope,
    userMetadata: annotations && random.percent(50) ? { "build.id": annotations["build.id"] } : {},
    policy: { version: "1.0", trustPolicies: [] },
    policyText: [],
    stores: {},
  };
  declareTrust(shop, plan);
  return plan;
}

function declareTrust(shop: Workshop, plan: Plan): void {
  const { random } = shop;
  const type = plan.scheme === "notary.x509" ? "ca" : "signingAuthority";
  const anchor: StoreEntry = {
    of: "signer",
    index: random.percent(70) ? plan.chain.length - 1 : random.below(plan.chain.length),
  };
  const own = `${type}:${random.pick(["wabbit-networks.io", "acme_2", "a.b-c"])}`;
  const [leaf] = plan.chain;
  const stranger = () => ({ certificate: authority(shop, plan.clock, 0) });
  const isAnchor = anchor.index > 0 || plan.chain.length === 1;
  // A leaf that another one issued is neither a CA nor self-signed: no trust store takes it.
  plan.stores[own] = [isAnchor ? anchor : { of: "signer", index: plan.chain.length - 1 }];
  if (random.percent(20)) plan.stores[own].unshift(stranger());
  const trustStores = [own];
  if (random.percent(20)) {
    const other = random.pick(["ca:others", "signingAuthority:others"]);
    plan.stores[other] = [stranger()];
    if (random.percent(50)) trustStores.unshift(other);
  }
  const statement = {
    name: random.pick(["wabbit-networks-images", "prod", "é 1"]),
    registryScopes: random.percent(60) ? [plan.scope] : ["*"],
    signatureVerification: {
      level: random.weighted<Level>([
        [50, "strict"],
        [25, "permissive"],
        [25, "audit"],
      ]),
    } as {
      level: Level;
      override?: Record<string, Action>;
      verifyTimestamp?: string;
    },
    trustStores,
    trustedIdentities: random.percent(50) || !leaf ? ["*"] : [identityOf(random, leaf)],
  };
  if (random.percent(25)) {
    statement.signatureVerification.override = {
      [random.pick(["authenticity", "authenticTimestamp", "expiry", "revocation"])]: random.pick(["enforce", "log"]),
    };
  } else if (random.percent(8)) statement.signatureVerification.override = { revocation: "skip" };
  plan.policy.trustPolicies.push(statement);
  if (random.percent(25)) {
    plan.policy.trustPolicies.push({
      name: "other",
      registryScopes: ["other.example/x"],
      signatureVerification: { level: "skip" },
    });
    if (random.percent(50)) plan.policy.trustPolicies.reverse();
  }
  declareTimestamp(shop, plan, statement);
}

function declareTimestamp(
  shop: Workshop,
  plan: Plan,
  statement: { trustStores: string[]; signatureVerification: { verifyTimestamp?: string } },
): void {
  const { random } = shop;
  const way = random.weighted([
    [50, "none"],
    [30, "token"],
    [10, "afterCertExpiry"],
    [10, "ignored"],
  ]);
  if (way === "none") return;
  const token = goodToken(shop, plan.clock, plan.signingTime.getTime());
  if (plan.scheme !== "notary.x509") {
    // The scheme has its own authentic time; a token in its envelope is not looked at, a store of authorities neither.
    if (way === "ignored") plan.token = token;
    return;
  }
  if (way !== "afterCertExpiry" || random.percent(50)) plan.token = token;
  if (way === "ignored") return;
  plan.stores[tsaStore] = plan.token
    ? [{ of: "authority", index: token.chain.length - 1 }]
    : [{ certificate: authority(shop, plan.clock, 0) }];
  statement.trustStores.push(tsaStore);
  if (way === "afterCertExpiry") statement.signatureVerification.verifyTimestamp = "afterCertExpiry";
  else if (random.percent(30)) statement.signatureVerification.verifyTimestamp = "always";
}
