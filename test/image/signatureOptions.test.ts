import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KeptSignature } from "../../components/image/keptSignature";
import { openRepository, type PinnedImage } from "../../components/image/pinnedImage";
import { realPorts } from "../../components/image/ports";
import { type SignedImageInputs, signedImageWith } from "../../components/image/signedImage.handler";
import { type VerifiedImageInputs, verifiedImageWith } from "../../components/image/verifiedImage.handler";
import { openEnvelope } from "../../components/notary/envelope/open";
import { parsePayload } from "../../components/notary/payload";
import { toHandler } from "../../components/provider/handler";
import { codeOf, messageOf } from "../local/support";
import { ManagedResource, refusedProperty } from "../provider/managedResource";
import { freePort } from "../support/ports";
import { startOlareg, type TestRegistry } from "../support/registries";
import { startTsa, type TestTsa } from "../support/tsa";
import { declaredOf, inEachRegistry, setStage, signaturesOf } from "./stage";
import { pushedPinned, skipping, trusting, writeIdentity } from "./support";

// The clock is the test's: a signature grows old without waiting. It runs ahead only, for the registry's own sake.
let now: Date;
const ports = { ...realPorts, clock: () => now };
const signer = toHandler(signedImageWith(ports));
const gatekeeper = toHandler(verifiedImageWith(ports));
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

const stage = setStage("options");
beforeEach(() => {
  now = new Date();
});

inEachRegistry("How an image in %s is signed:", (place) => {
  let image: PinnedImage;
  let resource: ManagedResource;
  let declared: SignedImageInputs;
  beforeEach(async () => {
    image = await pushedPinned(place.registry, { directory: stage.directory, repository: stage.repository });
    resource = new ManagedResource(signer);
    declared = await declaredOf(stage, image);
  });
  const kept = () => resource.state.signature as KeptSignature;
  const content = () => openEnvelope(Buffer.from(kept().envelope, "base64"), kept().envelopeMediaType);
  const listed = async () => (await signaturesOf(image)).length;
  const gate = (changes: Partial<VerifiedImageInputs> = {}) =>
    new ManagedResource(gatekeeper).up({ image, trust: declared.trust, ...changes });
  const removeKey = () => rm(declared.identity.keyFile);

  it("its format is JWS unless it is declared to be COSE; another format makes another signature", async () => {
    await resource.up(declared);
    const jws = kept();
    expect(jws.envelopeMediaType).toBe("application/jose+json");
    expect(await resource.up({ ...declared, format: "jws" })).toBe("update");
    expect(kept()).toEqual(jws);

    expect(await resource.up({ ...declared, format: "cose" })).toBe("update");
    expect(kept().envelopeMediaType).toBe("application/cose");
    expect(await listed()).toBe(2);
    expect(await resource.up({ ...declared, format: "cose" })).toBe("same");
    expect(await gate()).toBe("create");

    await removeKey();
    await resource.up(declared);
    expect(kept()).toEqual(jws);
  });

  it("its user metadata are signed, and a gate may ask for them", async () => {
    const userMetadata = { build: "42", branch: "main" };
    await resource.up({ ...declared, userMetadata });
    expect(parsePayload((await content()).payload.content).annotations).toEqual(userMetadata);
    expect(await gate({ userMetadata: { build: "42" } })).toBe("create");
    for (const other of [{ build: "43" }, { commit: "42" }]) {
      const failed = gate({ userMetadata: other });
      expect(await codeOf(failed)).toBe("IMAGE_NOT_VERIFIED");
      expect(await messageOf(failed)).toContain("USER_METADATA_MISMATCH");
    }
  });

  it("other user metadata make another signature; the same ones keep it without the key", async () => {
    const userMetadata = { build: "42", branch: "main" };
    await resource.up({ ...declared, userMetadata });
    const first = kept().digest;
    for (const changed of [{ build: "42" }, { build: "42", branch: "next" }, { ...userMetadata, extra: "" }]) {
      expect(await resource.up({ ...declared, userMetadata: changed })).toBe("update");
      expect(kept().digest).not.toBe(first);
    }
    await removeKey();
    expect(await resource.up({ ...declared, userMetadata: { branch: "main", build: "42" } })).toBe("update");
    expect(kept().digest).toBe(first);
    expect(await listed()).toBe(4);
  });

  it("its expiry is signed; another one makes another signature", async () => {
    await resource.up({ ...declared, expiry: "1h30m" });
    const { signingTime, expiry } = (await content()).signedAttributes;
    expect((expiry?.getTime() ?? 0) - signingTime.getTime()).toBe(5400_000);
    const first = kept().digest;
    expect(await resource.up({ ...declared, expiry: "90m" })).toBe("update");
    expect(kept().digest).toBe(first);
    expect(await resource.up({ ...declared, expiry: "2h" })).toBe("update");
    expect(kept().digest).not.toBe(first);
    later(1);
    expect(await resource.up(declared)).toBe("update");
    expect((await content()).signedAttributes.expiry).toBeUndefined();
    expect(await listed()).toBe(3);
  });

  it("an expired signature is renewed by the next up, and not before", async () => {
    const expiring = { ...declared, expiry: "1h" };
    await resource.up(expiring);
    const first = kept().digest;
    later(3599);
    expect(await resource.up(expiring)).toBe("same");
    later(2);
    expect(await codeOf(gate())).toBe("IMAGE_NOT_VERIFIED");
    expect(await resource.preview(expiring)).toBe("update");
    expect(resource.state.drift).toContain(first);
    expect(await resource.up(expiring)).toBe("update");
    expect(kept().digest).not.toBe(first);
    expect(await gate()).toBe("create");
    expect(await resource.up(expiring)).toBe("same");
  });

  it("an expired signature stays where expiry is accepted to be only logged", async () => {
    const trust = trusting("permissive", stage.wabbit);
    const expiring: SignedImageInputs = { ...declared, expiry: "1h", trust, acceptWeaker: ["expiry"] };
    await resource.up(expiring);
    later(3601);
    expect(await resource.up(expiring)).toBe("same");
    expect(await codeOf(gate({ trust }))).toBe("IMAGE_VERIFIED_WEAKLY");
    const accepting = new ManagedResource(gatekeeper);
    expect(await accepting.up({ image, trust, acceptWeaker: ["expiry", "revocation"] })).toBe("create");
    expect(accepting.state).toMatchObject({
      accepted: ["expiry"],
      verdict: { verdict: "verified", level: "permissive" },
    });
    // The permission is part of the declaration: taking it back shuts the gate.
    expect(await codeOf(accepting.up({ image, trust }))).toBe("IMAGE_VERIFIED_WEAKLY");
  });

  it("a weakly verified signature does not hide a better one behind it", async () => {
    const trust = trusting("permissive", stage.wabbit);
    await resource.up({ ...declared, trust, expiry: "1h" });
    later(3601);
    expect(await codeOf(gate({ trust }))).toBe("IMAGE_VERIFIED_WEAKLY");
    expect(await resource.up({ ...declared, trust, expiry: "1h" })).toBe("update");
    expect(await listed()).toBe(2);
    expect(await gate({ trust })).toBe("create");
  });

  it("a gate evaluates no more signatures than it is told to", async () => {
    const identity = await writeIdentity(join(stage.directory, "stranger"), stage.stranger);
    await new ManagedResource(signer).up({ ...declared, identity, trust: trusting("strict", stage.stranger) });
    const failed = gate({ maxSignatures: 1 });
    expect(await codeOf(failed)).toBe("IMAGE_NOT_VERIFIED");
    expect(await messageOf(failed)).toContain("MAX_SIGNATURES_REACHED");
    expect(await messageOf(gate({ maxSignatures: 2 }))).not.toContain("MAX_SIGNATURES_REACHED");
    await resource.up(declared);
    expect(await gate({ maxSignatures: 2 })).toBe("create");
  });

  it.each([
    ["audit", () => trusting("audit", stage.wabbit), ["authenticity"]],
    ["skip", () => skipping(image), ["skip"]],
  ] as const)(
    "under the level %s it is signed and let through only where that is accepted",
    async (_, make, accepted) => {
      const trust = make();
      expect(await codeOf(resource.up({ ...declared, trust }))).toBe("SIGNATURE_REFUSED");
      expect(await listed()).toBe(0);
      await resource.up({ ...declared, trust, acceptWeaker: accepted });
      expect(await listed()).toBe(1);
      expect(await resource.up({ ...declared, trust, acceptWeaker: accepted })).toBe("same");
      expect(await codeOf(gate({ trust }))).toBe("IMAGE_VERIFIED_WEAKLY");
      expect(await messageOf(gate({ trust }))).toContain(`acceptWeaker: ${JSON.stringify(accepted)}`);
      expect(await gate({ trust, acceptWeaker: accepted })).toBe("create");
      // A second run finds its own signature again, without the key.
      await removeKey();
      resource.forget();
      await resource.up({ ...declared, trust, acceptWeaker: accepted });
      expect(await listed()).toBe(1);
    },
  );
});

describe("An image whose signature is time stamped", () => {
  let registry: TestRegistry;
  let tsa: TestTsa;
  let other: TestTsa;
  let image: PinnedImage;
  let resource: ManagedResource;
  let declared: SignedImageInputs;
  beforeAll(async () => {
    [registry, tsa, other] = await Promise.all([startOlareg(), startTsa(), startTsa()]);
  });
  afterAll(() => Promise.all([registry?.stop(), tsa?.stop(), other?.stop()]));
  beforeEach(async () => {
    image = await pushedPinned(registry, { directory: stage.directory, repository: stage.repository });
    resource = new ManagedResource(signer);
    declared = {
      ...(await declaredOf(stage, image)),
      trust: stamping(tsa, other),
      timestamp: { url: tsa.url, roots: [tsa.rootPem] },
    };
  });
  const kept = () => resource.state.signature as KeptSignature;
  const stamp = async () =>
    (await openEnvelope(Buffer.from(kept().envelope, "base64"), kept().envelopeMediaType)).unsignedAttributes
      .timestampSignature;

  function stamping(...authorities: TestTsa[]) {
    const { policy, stores } = trusting("strict", stage.wabbit);
    const trustPolicies = policy.trustPolicies.map((statement) => ({
      ...statement,
      trustStores: [...(statement.trustStores ?? []), "tsa:loopback"],
    }));
    return {
      policy: { ...policy, trustPolicies },
      stores: { ...stores, "tsa:loopback": authorities.map(({ rootPem }) => rootPem) },
    };
  }

  it.each(["jws", "cose"] as const)(
    "(%s) is trusted after its certificates expired, as another is not",
    async (format) => {
      await resource.up({ ...declared, format });
      expect(await stamp()).toBeDefined();
      expect(await resource.up({ ...declared, format })).toBe("same");
      const unstamped = await pushedPinned(registry, {
        directory: stage.directory,
        repository: `${stage.repository}-unstamped`,
      });
      const { timestamp: _, ...without } = { ...declared, image: unstamped, trust: trusting("strict", stage.wabbit) };
      await new ManagedResource(signer).up(without);
      later(2 * 86_400);
      expect(await new ManagedResource(gatekeeper).up({ image, trust: declared.trust })).toBe("create");
      const late = new ManagedResource(gatekeeper).up({ image: unstamped, trust: without.trust });
      expect(await codeOf(late)).toBe("IMAGE_NOT_VERIFIED");
    },
  );

  it("gets another signature with another authority, and with none", async () => {
    await resource.up(declared);
    const first = kept().digest;
    const elsewhere = { ...declared, timestamp: { url: other.url, roots: [other.rootPem] } };
    expect(await resource.up(elsewhere)).toBe("update");
    expect(kept().digest).not.toBe(first);
    expect(await resource.up(elsewhere)).toBe("same");
    const { timestamp: _, ...without } = { ...declared, trust: trusting("strict", stage.wabbit) };
    expect(await resource.up(without)).toBe("update");
    expect(await stamp()).toBeUndefined();
  });

  it("has no signature when the authority does not lead to a declared root, or does not answer", async () => {
    const strange = { url: tsa.url, roots: [other.rootPem] };
    expect(await codeOf(resource.up({ ...declared, timestamp: strange }))).toBe("TIMESTAMP_NOT_TRUSTED");
    const dead = { url: `http://127.0.0.1:${await freePort()}`, roots: [tsa.rootPem] };
    expect(await codeOf(resource.up({ ...declared, timestamp: dead }))).toBe("TIMESTAMP_SERVER_FAILED");
    expect(await openRepository(image).referrers(image.digest)).toEqual([]);
  });
});

describe("What can't be right is found in a preview:", () => {
  it.each([
    ["format", "JWS"],
    ["expiry", "1d"],
    ["userMetadata", { "io.cncf.notary.key": "reserved" }],
    ["userMetadata", { build: 42 }],
    ["timestamp", { url: "ftp://tsa.example", roots: [] }],
    ["timestamp", { url: "http://tsa.example", roots: [] }],
    ["timestamp", { url: "http://tsa.example", roots: ["no certificate"] }],
    ["acceptWeaker", ["integrity"]],
  ])("the %s %j of a SignedImage", async (property, value) => {
    const { failures } = await signer.check({}, { [property]: value });
    expect(failures.map(refusedProperty)).toEqual([property]);
  });

  it.each([
    ["acceptWeaker", ["audit"]],
    ["maxSignatures", 0],
    ["maxSignatures", 1.5],
  ])("the %s %j of a VerifiedImage", async (property, value) => {
    const { failures } = await gatekeeper.check({}, { [property]: value });
    expect(failures.map(refusedProperty)).toEqual([property]);
  });

  it.each([
    "ftp://user:s3cret@tsa.test/x?key=s3cret",
    "http://user:s3cret@tsa.test/x",
    "https://s3cret@tsa.test/x",
    "http:user:s3cret@tsa.test?key=s3cret",
    "user:s3cret@tsa.test/x",
    "http://user:s3cret@[tsa/x",
  ])("a password in the address of an authority, which is not told: %s", async (url) => {
    const timestamp = { url, roots: [stage.wabbit.certificate] };
    const { failures } = await signer.check({}, { timestamp });
    expect(failures.map(refusedProperty)).toEqual(["timestamp"]);
    expect(failures[0]?.property).toBe(""); // else the engine would print its value
    expect(JSON.stringify(failures)).not.toContain("s3cret");
    expect(failures[0]?.reason).not.toContain("user:");
  });

  it("but not what is not known yet", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = { format: unknown, expiry: unknown, userMetadata: { build: unknown }, acceptWeaker: unknown };
    expect((await signer.check({}, { ...inputs, timestamp: unknown })).failures).toEqual([]);
    expect((await gatekeeper.check({}, { ...inputs, maxSignatures: unknown })).failures).toEqual([]);
  });
});
