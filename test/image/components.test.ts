import { output } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import {
  PushedImage,
  SignedImage,
  type SignedImageArgs,
  SigningIdentity,
  Trust,
  VerifiedImage,
} from "../../components";
import { type Registered, registerByMocks, known } from "../support/mocks";

// What the components of a signed and verified image register, under the SDK's mocks; the handlers have their own tests.

const DIGEST = `sha256:${"a".repeat(64)}`;
const SIGNATURE = `sha256:${"b".repeat(64)}`;
const MADE: Record<string, object> = {
  PushedImage: { digest: DIGEST, mediaType: "application/vnd.oci.image.manifest.v1+json", size: 1 },
  "PushedImage index": {
    digest: SIGNATURE,
    mediaType: "application/vnd.oci.image.index.v1+json",
    size: 1,
    children: [{ digest: DIGEST, mediaType: "application/vnd.oci.image.manifest.v1+json", size: 1 }],
  },
  SigningIdentity: { certificate: "PEM" },
  SignedImage: { signature: { digest: SIGNATURE } },
  VerifiedImage: {
    reference: `registry.example/app@${DIGEST}`,
    verdict: { verdict: "verified" },
    accepted: ["expiry"],
  },
};
let registered: Registered;

beforeAll(async () => {
  registered = await registerByMocks(MADE);
});

function declared(name: string, how: Omit<SignedImageArgs, "image" | "identity" | "trust">) {
  const image = new PushedImage(name, {
    source: "s",
    registry: { host: "registry.example" },
    repository: "app",
    tag: "v1",
  });
  const identity = new SigningIdentity(name, { directory: "identity" });
  const policy = { version: "1.0" as const, trustPolicies: [] };
  const trust = new Trust(name, { policy, stores: { "ca:app": [identity.certificate] }, directory: "trust" });
  return { image, trust, signed: new SignedImage(name, { image, identity, trust, ...how }) };
}

describe("A SignedImage", () => {
  it("hands over how it is to be signed", async () => {
    const timestamp = { url: "http://tsa.example", roots: ["root"] };
    const how = { format: "cose", expiry: "24h", timestamp, acceptWeaker: ["expiry"] } as const;
    const { signed } = declared("options", { ...how, userMetadata: { build: output("42") } });
    expect(await known(signed.signatureDigest)).toBe(SIGNATURE);
    expect(registered.get("SignedImage options")).toMatchObject({ ...how, userMetadata: { build: "42" } });
    expect(await known(signed.pinned)).toMatchObject({ digest: DIGEST });
  });

  it("hands over nothing that was not declared: its state stays as it was", async () => {
    const { signed } = declared("plain", {});
    await known(signed.signatureDigest);
    expect(Object.keys(registered.get("SignedImage plain") ?? {}).sort()).toEqual(["identity", "image", "trust"]);
  });
});

describe("A PushedImage", () => {
  const place = { source: "s", registry: { host: "registry.example" }, repository: "app", tag: "v1" };

  it("of an index hands on what is below it; of a manifest nothing", async () => {
    expect(await known(new PushedImage("index", place).pinned)).toMatchObject({ children: [{ digest: DIGEST }] });
    expect(await known(new PushedImage("manifest", place).pinned)).not.toHaveProperty("children");
  });
});

describe("A VerifiedImage", () => {
  it("hands over what it demands and accepts, and shows what it needed to accept", async () => {
    const { signed, trust } = declared("gate", {});
    const how = { acceptWeaker: ["expiry", "revocation"], maxSignatures: 5 } as const;
    const gate = new VerifiedImage("gate", { image: signed, trust, ...how, userMetadata: { build: output("42") } });
    expect(await known(gate.reference)).toContain(DIGEST);
    expect(registered.get("VerifiedImage gate")).toMatchObject({ ...how, userMetadata: { build: "42" } });
    expect(await known(gate.accepted)).toEqual(["expiry"]);
  });

  it("of a signed index hands over what is below it; of one that others sign nothing of it", async () => {
    const { image, signed, trust } = declared("index", {});
    await known(new VerifiedImage("signed index", { image: signed, trust }).reference);
    expect(registered.get("VerifiedImage signed index")?.image).toMatchObject({ children: [{ digest: DIGEST }] });
    await known(new VerifiedImage("pushed index", { image, trust }).reference);
    expect(registered.get("VerifiedImage pushed index")?.image).not.toHaveProperty("children");
  });

  it("hands over nothing that was not declared", async () => {
    const { signed, trust } = declared("plain gate", {});
    await known(new VerifiedImage("plain gate", { image: signed, trust }).reference);
    expect(Object.keys(registered.get("VerifiedImage plain gate") ?? {}).sort()).toEqual(["image", "trust"]);
  });
});
