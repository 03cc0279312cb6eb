import { type Output, output, runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import {
  PushedImage,
  SignedImage,
  type SignedImageArgs,
  SigningIdentity,
  Trust,
  VerifiedImage,
} from "../../components";

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
const registered = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  await runtime.setMocks({
    newResource({ type, name, inputs }) {
      const { __provider: _, ...rest } = inputs as Record<string, unknown>;
      const kind = type.split(":").at(-1) ?? "";
      if (type.startsWith("pulumi-nodejs:dynamic/")) registered.set(`${kind} ${name}`, rest);
      return { id: `${kind}-id`, state: { ...rest, ...(MADE[`${kind} ${name}`] ?? MADE[kind]) } };
    },
    call: ({ inputs }) => inputs,
  });
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
  return { trust, signed: new SignedImage(name, { image, identity, trust, ...how }) };
}

describe("A SignedImage", () => {
  it("hands over how it is to be signed", async () => {
    const timestamp = { url: "http://tsa.example", roots: ["root"] };
    const how = { format: "cose", expiry: "24h", timestamp, acceptWeaker: ["expiry"] } as const;
    const { signed } = declared("options", { ...how, userMetadata: { build: output("42") } });
    expect(await value(signed.signatureDigest)).toBe(SIGNATURE);
    expect(registered.get("SignedImage options")).toMatchObject({ ...how, userMetadata: { build: "42" } });
    expect(await value(signed.pinned)).toMatchObject({ digest: DIGEST });
  });

  it("hands over nothing that was not declared: its state stays as it was", async () => {
    const { signed } = declared("plain", {});
    await value(signed.signatureDigest);
    expect(Object.keys(registered.get("SignedImage plain") ?? {}).sort()).toEqual(["identity", "image", "trust"]);
  });
});

describe("A PushedImage", () => {
  const place = { source: "s", registry: { host: "registry.example" }, repository: "app", tag: "v1" };

  it("of an index hands on what is below it; of a manifest nothing", async () => {
    expect(await value(new PushedImage("index", place).pinned)).toMatchObject({ children: [{ digest: DIGEST }] });
    expect(await value(new PushedImage("manifest", place).pinned)).not.toHaveProperty("children");
  });
});

describe("A VerifiedImage", () => {
  it("hands over what it demands and accepts, and shows what it needed to accept", async () => {
    const { signed, trust } = declared("gate", {});
    const how = { acceptWeaker: ["expiry", "revocation"], maxSignatures: 5 } as const;
    const gate = new VerifiedImage("gate", { image: signed, trust, ...how, userMetadata: { build: output("42") } });
    expect(await value(gate.reference)).toContain(DIGEST);
    expect(registered.get("VerifiedImage gate")).toMatchObject({ ...how, userMetadata: { build: "42" } });
    expect(await value(gate.accepted)).toEqual(["expiry"]);
  });

  it("hands over nothing that was not declared", async () => {
    const { signed, trust } = declared("plain gate", {});
    await value(new VerifiedImage("plain gate", { image: signed, trust }).reference);
    expect(Object.keys(registered.get("VerifiedImage plain gate") ?? {}).sort()).toEqual(["image", "trust"]);
  });
});

function value<T>(of: Output<T>): Promise<T> {
  return new Promise((resolve) => void of.apply(resolve));
}
