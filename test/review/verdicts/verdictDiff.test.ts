import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../../components/identity/generateTest";
import type { Descriptor } from "../../../components/notary/descriptor";
import type { RevocationSource } from "../../../components/notary/revocation/revocationSource";
import type { SignatureRepository } from "../../../components/notary/signatureRepository";
import { OciError } from "../../../components/oci/error";
import { LayoutSignatureRepository } from "../../../components/oci/layoutSignatureRepository";
import type { InventoryEntry } from "../../../components/review/inventory/inventory";
import type { TrustState } from "../../../components/review/state/state";
import { heldRevocation } from "../../../components/review/verdicts/heldRevocation";
import { type VerdictDiffArgs, verdictDiff } from "../../../components/review/verdicts/verdictDiff";
import { makeIdentity } from "../../image/support";
import { anHourAgo } from "../../support/clock";
import { writeLayout } from "../../support/images";
import { declared, now, side, sign } from "../support";

// Real images and signatures in a layout, judged under two trusts.

const SCOPE = "registry.example/app";
const noRevocation: RevocationSource = {
  askOcsp: () => Promise.reject(new Error("nobody answers")),
  fetchCrl: () => Promise.reject(new Error("nobody answers")),
};
let directory: string;
let wabbit: GeneratedIdentity;
let acme: GeneratedIdentity;
let layout: LayoutSignatureRepository;
const images: Record<"ours" | "theirs" | "unsigned", Descriptor> = {} as never;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-verdicts-"));
  [wabbit, acme] = await Promise.all([makeIdentity(), makeIdentity("acme.example")]);
  for (const name of ["ours", "theirs", "unsigned"] as const) {
    images[name] = (await writeLayout(directory, { layers: [name], refName: name })).root;
  }
  layout = new LayoutSignatureRepository(directory, SCOPE);
  await sign(layout, images.ours, wabbit);
  await sign(layout, images.theirs, acme);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function entry(
  descriptor: Descriptor,
  more: Partial<Extract<InventoryEntry, { image: unknown }>["image"]> = {},
): InventoryEntry {
  const scope = more.scope ?? SCOPE;
  const reference = `${scope}@${descriptor.digest}`;
  return { image: { reference, scope, descriptor, tags: ["v1"], inventory: "test", signatures: layout, ...more } };
}

async function* listed(entries: Iterable<InventoryEntry>): AsyncGenerator<InventoryEntry> {
  yield* entries;
}

const all = () => Object.values(images).map((descriptor) => entry(descriptor));

function diff(
  base: TrustState,
  head: TrustState,
  more: Partial<Omit<VerdictDiffArgs, "images">> & { entries?: Iterable<InventoryEntry> } = {},
) {
  const { entries = all(), ...args } = more;
  return verdictDiff({ images: listed(entries), base, head, clock: now, revocation: noRevocation, ...args });
}

const both = () => side("base", { production: { trust: declared([wabbit, acme]) } });
const onlyOurs = () => side("head", { production: { trust: declared([wabbit]) } });

describe("The verdict diff", () => {
  it("tells which image loses trust, by which rule and signer, and counts the rest", async () => {
    const { flips, unchanged, unknown } = await diff(both(), onlyOurs());
    expect(flips).toEqual([
      {
        stack: "production",
        reference: `${SCOPE}@${images.theirs.digest}`,
        digest: images.theirs.digest,
        tags: ["v1"],
        towards: "distrust",
        before: { verdict: "verified", enforced: true, statement: "images", level: "strict" },
        after: { verdict: "failed", enforced: false, statement: "images", level: "strict" },
        statement: "images",
        validation: "authenticity",
        code: "CERTIFICATE_CHAIN_NOT_TRUSTED",
        why: expect.stringContaining("acme.example"),
        signer: { subject: acme.subject, thumbprint: acme.thumbprint },
      },
    ]);
    expect(unchanged).toEqual({ verified: 1, failed: 1, skipped: 0 });
    expect(unknown).toEqual([]);
  });

  it("puts what becomes trusted above what no longer is", async () => {
    const onlyTheirs = side("head", { production: { trust: declared([acme]) } });
    const { flips } = await diff(onlyOurs(), onlyTheirs);
    expect(flips.map(({ towards, digest }) => [towards, digest])).toEqual([
      ["trust", images.theirs.digest],
      ["distrust", images.ours.digest],
    ]);
    expect(flips[0]?.signer?.subject).toBe(acme.subject);
  });

  it("lists what stays verified and is enforced no more, and why", async () => {
    const audited = side("head", { production: { trust: declared([wabbit], { level: "audit" }) } });
    const { flips, unchanged } = await diff(onlyOurs(), audited);
    expect(flips.map(({ towards, digest, code, validation }) => ({ towards, digest, code, validation }))).toEqual([
      // Refused before, it now passes with a failure in the log: that is what failed it.
      {
        towards: "trust",
        digest: images.theirs.digest,
        code: "CERTIFICATE_CHAIN_NOT_TRUSTED",
        validation: "authenticity",
      },
      { towards: "distrust", digest: images.ours.digest, code: null, validation: null },
    ]);
    expect(flips[1]?.why).toContain("only logged");
    expect(unchanged).toEqual({ verified: 0, failed: 1, skipped: 0 });
  });

  it("lists what is let through unseen by the level skip", async () => {
    const skipping = side("head", { production: { trust: declared([], { level: "skip", registryScopes: [SCOPE] }) } });
    const { flips, unchanged } = await diff(onlyOurs(), skipping);
    const rows = flips.map(({ towards, digest, before, after, code }) => [
      towards,
      digest,
      before.verdict,
      after.verdict,
      code,
    ]);
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual(["trust", images.unsigned.digest, "failed", "skipped", "NO_SIGNATURE"]);
    expect(rows).toContainEqual(["distrust", images.ours.digest, "verified", "skipped", null]);
    expect(unchanged).toEqual({ verified: 0, failed: 0, skipped: 0 });
  });

  it("takes a side without the stack, or without any, for one that trusts nobody", async () => {
    const introduced = await diff(side("base", {}), onlyOurs());
    expect(introduced.flips).toMatchObject([
      {
        towards: "trust",
        digest: images.ours.digest,
        before: { verdict: "failed", statement: null, level: null },
        statement: "images",
        code: "NO_APPLICABLE_TRUST_POLICY",
      },
    ]);
    const removed = await diff(onlyOurs(), side("head", {}));
    expect(removed.flips).toMatchObject([
      { towards: "distrust", after: { statement: null }, statement: "images", code: "NO_APPLICABLE_TRUST_POLICY" },
    ]);
    expect((await diff(side("base", {}), side("head", {}))).unchanged).toEqual({ verified: 0, failed: 3, skipped: 0 });
  });

  it("calls unknown what an unreadable side can't judge, never unchanged, and asks for no signature", async () => {
    const broken = side("head", { production: { trust: "unreadable" } });
    const entries = all().map((each) =>
      "image" in each ? { image: { ...each.image, signatures: unreadable() } } : each,
    );
    const { flips, unchanged, unknown } = await diff(both(), broken, { entries });
    expect(flips).toEqual([]);
    expect(unchanged).toEqual({ verified: 0, failed: 0, skipped: 0 });
    expect(unknown).toHaveLength(3);
    expect(unknown[0]).toMatchObject({ code: "POLICY_MALFORMED", stack: "production", inventory: "test" });
  });

  it("names the failure of the very signature that verified before, also where another came further", async () => {
    const { root } = await writeLayout(directory, { layers: ["two signatures"] });
    await sign(layout, root, wabbit, { expirySeconds: 60, clock: anHourAgo });
    await sign(layout, root, acme);
    const { flips } = await diff(both(), onlyOurs(), { entries: [entry(root)] });
    expect(flips).toMatchObject([{ code: "CERTIFICATE_CHAIN_NOT_TRUSTED", signer: { subject: acme.subject } }]);
  });

  it("judges by the stack of the image's registry, by each that names it, else by each with a statement for all", async () => {
    const here = { hostname: "registry.example", trust: declared([wabbit]) };
    const elsewhere = { hostname: "other.example", trust: declared([wabbit]) };
    const naming = { hostname: "other.example", trust: declared([wabbit], { registryScopes: [SCOPE] }) };
    const stacksOf = async (stacks: Parameters<typeof side>[1]) => {
      const entries = [entry(images.ours)];
      const { flips, unchanged } = await diff(side("base", {}), side("head", stacks), { entries });
      return [...flips.map(({ stack }) => stack), ...Array(unchanged.failed).fill("nobody")];
    };
    expect(await stacksOf({ here, elsewhere })).toEqual(["here"]);
    expect(await stacksOf({ here, elsewhere, naming })).toEqual(["here", "naming"]);
    expect(await stacksOf({ elsewhere, other: elsewhere })).toEqual(["elsewhere", "other"]);
    expect(await stacksOf({ folder: { trust: declared([wabbit], { registryScopes: ["a.example/b"] }) } })).toEqual([
      "nobody",
    ]);
  });

  it("judges by the stacks of before as well where only head's word makes another one govern", async () => {
    const ours = { trust: declared([wabbit]) };
    const decoy = { hostname: "registry.example", trust: declared([wabbit]) };
    const naming = { trust: declared([wabbit], { registryScopes: [SCOPE] }) };
    for (const more of [decoy, naming]) {
      const head = side("head", { ours: { trust: declared([acme]) }, more });
      const { flips } = await diff(side("base", { ours }), head, { entries: [entry(images.ours)] });
      expect(flips.map(({ stack, towards }) => [stack, towards])).toContainEqual(["ours", "distrust"]);
    }
  });

  it("has one clock for all", async () => {
    let read = 0;
    const clock = () => new Date(Date.now() + 86_400_000 * 30 * read++);
    const { unchanged } = await diff(onlyOurs(), onlyOurs(), { clock });
    expect(unchanged.verified).toBe(1);
    expect(read).toBe(1);
    // In the past nothing is wrong: the signer was not valid then.
    const past = await diff(onlyOurs(), onlyOurs(), { clock: () => new Date("2001-01-01") });
    expect(past.unchanged).toEqual({ verified: 0, failed: 3, skipped: 0 });
  });

  it("judges both sides by one list of signatures, though another was listed a moment later", async () => {
    let lists = 0;
    const changing: SignatureRepository = {
      scope: SCOPE,
      listSignatures: async (subject) => (lists++ === 0 ? layout.listSignatures(subject) : []),
      fetchManifest: (manifest) => layout.fetchManifest(manifest),
      fetchEnvelope: (envelope) => layout.fetchEnvelope(envelope),
      pushSignature: () => Promise.reject(new Error("never")),
    };
    const wider = side("head", {
      production: { trust: declared([wabbit, acme]) },
      second: { trust: declared([wabbit]) },
    });
    const { flips, unchanged } = await diff(onlyOurs(), wider, {
      entries: [entry(images.ours, { signatures: changing })],
    });
    expect(lists).toBe(1);
    expect(unchanged.verified).toBe(1);
    expect(flips).toMatchObject([{ stack: "second", towards: "trust" }]);
  });

  it("calls an image unknown by its own error, and judges the others", async () => {
    const entries = [entry(images.unsigned, { signatures: unreadable() }), entry(images.theirs), missing];
    const { flips, unknown } = await diff(both(), onlyOurs(), { entries });
    expect(flips).toHaveLength(1);
    expect(unknown).toEqual([
      missing.unknown,
      {
        reference: `${SCOPE}@${images.unsigned.digest}`,
        inventory: "test",
        stack: "production",
        code: "REGISTRY_UNREACHABLE",
        why: "it is down",
      },
    ]);
  });

  it("judges an image once that several inventories name, with the tags of all", async () => {
    const judged: string[] = [];
    const entries = [
      entry(images.theirs, { tags: ["v1"] }),
      entry(images.ours, { inventory: "pods" }),
      entry(images.theirs, { tags: ["latest"], inventory: "pods", signatures: unreadable() }),
      entry(images.theirs, { tags: ["v1", "stable"], inventory: "file" }),
    ];
    const { flips, unchanged, unknown } = await diff(both(), onlyOurs(), {
      entries,
      onVerdicts: ({ image }) => judged.push(image.descriptor.digest),
    });
    expect(judged.sort()).toEqual([images.ours.digest, images.theirs.digest].sort());
    expect(flips).toMatchObject([{ tags: ["latest", "stable", "v1"] }]);
    expect(unchanged).toEqual({ verified: 1, failed: 0, skipped: 0 });
    expect(unknown).toEqual([]);
  });

  it("works on so many images at a time, and tells its progress", async () => {
    let [underWay, most] = [0, 0];
    const slow: SignatureRepository = {
      ...unreadable(),
      listSignatures: async () => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay--;
        return [];
      },
    };
    const entries = Array.from({ length: 40 }, (_, at) =>
      entry(images.ours, { reference: `image ${at}`, signatures: slow }),
    );
    const progress: number[] = [];
    await diff(both(), onlyOurs(), { entries, concurrency: 4, onProgress: (seen) => progress.push(seen.images) });
    expect(most).toBe(4);
    expect(progress).toHaveLength(40);
    expect(progress.at(-1)).toBe(40);
  });
});

describe("A held revocation source", () => {
  it("asks an address that does not answer once, and each other one", async () => {
    const asked: string[] = [];
    const held = heldRevocation({
      askOcsp: (url) => Promise.reject(new Error(`${asked.push(url)}`)),
      fetchCrl: async (url) => Buffer.from(`${asked.push(url)}`),
    });
    for (let at = 0; at < 3; at++) {
      await expect(held.askOcsp("http://a", Buffer.from("1"))).rejects.toThrow();
      await held.fetchCrl("http://b");
    }
    await expect(held.askOcsp("http://a", Buffer.from("1"), true)).rejects.toThrow();
    expect(asked).toEqual(["http://a", "http://b", "http://b", "http://b", "http://a"]);
  });
});

const missing = {
  unknown: {
    reference: "registry.example/absent:v1",
    inventory: "file:images",
    code: "IMAGE_ABSENT",
    why: "it is gone",
  },
};

/** A repository whose registry is down. */
function unreadable(): SignatureRepository {
  const fail = () => Promise.reject(new OciError("REGISTRY_UNREACHABLE", "it is down"));
  return { scope: SCOPE, listSignatures: fail, fetchManifest: fail, fetchEnvelope: fail, pushSignature: fail };
}
