import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { harbor } from "../../stacks/harbor";
import { type HarborConfig, parseHarborConfig } from "../../stacks/harborConfig";
import { projectRoot } from "../support/tools";
import { mockEngine, type Registered, resolved } from "./support";

const PASSWORD = "Harbor12345";
const DIGEST = `sha256:${"a".repeat(64)}`;
const IMAGE = { digest: DIGEST, mediaType: "application/vnd.oci.image.manifest.v1+json", size: 1 };
const CERTIFICATE = { issuer: "R11", notAfter: "2030-01-01T00:00:00.000Z" };
/** What the handlers would add. */
const MADE: Record<string, object> = {
  AcmeCertificate: { ...CERTIFICATE, privateKey: "the TLS key" },
  FileCertificate: { ...CERTIFICATE, thumbprint: "01" },
  HarborProject: { projectId: 7 },
  HarborRobot: {
    username: "robot$apps+ci",
    secret: "the robot's secret",
    expiresAt: "never",
    previous: [],
    unreadable: [],
  },
  FileIdentity: { subject: "CN=wabbit-networks.io", thumbprint: "01" },
  PushedImage: IMAGE,
  Image: { repoDigest: DIGEST },
  SignedImage: { signature: { digest: `sha256:${"b".repeat(64)}` } },
  VerifiedImage: {
    reference: `registry.example.com/apps/app@${DIGEST}`,
    verdict: {
      verdict: "verified",
      signatures: [{ verdict: "verified", signer: { subject: "CN=wabbit-networks.io", thumbprint: "01" } }],
    },
  },
  ShadowCheck: {
    images: [
      {
        reference: "registry.example.com/apps/app",
        tags: ["v1"],
        signed: true,
        verdict: "verified",
        trusted: true,
        why: "",
      },
    ],
  },
};

let context: string;
const config = (changes: object = {}): HarborConfig => {
  const raw = {
    environment: "harbor",
    hostname: "registry.example.com",
    version: "2.15.2",
    directory: "/opt/harbor",
    dataDirectory: "/data",
    certificate: { directory: "letsencrypt", contact: "ops@example.com" },
    projects: [
      { name: "apps", storageQuota: "10GiB", contentTrust: ["notation"], immutableTags: ["v*"] },
      { name: "more" },
    ],
    robots: [
      { name: "ci", project: "apps", permissions: "push" },
      { name: "cluster", project: "apps", permissions: "pull", duration: 90 },
    ],
    identities: [{ name: "wabbit-networks.io", keyFile: "/etc/keys/wabbit.key" }],
    images: [
      { name: "app", project: "apps", tag: "v1", source: "stacks/local/net-monitor", signedBy: "wabbit-networks.io" },
      { name: "built", project: "apps", tag: "v1", build: context, signedBy: "wabbit-networks.io", expiry: "24h" },
    ],
    ...changes,
  };
  const parsed = parseHarborConfig(raw, { file: "stacks/Pulumi.x.yaml" });
  return { ...parsed, stack: "harbor-example", adminPassword: secret(PASSWORD) };
};

let registered: Registered[];
let outputs: Record<string, unknown>;

const declaredBy = (outputs: object): Promise<Record<string, unknown>> =>
  resolved<unknown>(outputs) as Promise<Record<string, unknown>>;
const all = (kind: string) => registered.filter(({ type }) => type === `pulumi-nodejs:dynamic/breakwater:${kind}`);
const resource = (kind: string, name?: string): Registered => {
  const found = all(kind).find((candidate) => name === undefined || candidate.name === name);
  if (found === undefined) throw new Error(`no ${kind} was registered`);
  return found;
};

beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), "context-"));
  await writeFile(join(context, "Dockerfile"), "FROM scratch\n");
  registered = await mockEngine("harbor-example", MADE);
  outputs = await declaredBy(await harbor(config(), {}));
});
afterAll(() => rm(context, { recursive: true }));

describe("a stack with Harbor", () => {
  it("declares each part once, as a component with its resource in it", () => {
    const names = registered
      .filter(({ type }) => type.includes("dynamic/breakwater:") || type.startsWith("docker:"))
      .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    expect(names.sort()).toEqual([
      "AcmeCertificate registry",
      "FileIdentity wabbit-networks.io",
      "HarborContentTrust apps",
      "HarborImmutableRule apps v*",
      "HarborInstallation harbor",
      "HarborProject apps",
      "HarborProject more",
      "HarborRobot ci",
      "HarborRobot cluster",
      "Image built",
      "PushedImage app",
      "PushedImage built",
      "ShadowCheck apps",
      "SignedImage app",
      "SignedImage built",
      "Trust harbor-example",
      "VerifiedImage app",
      "VerifiedImage built",
    ]);
  });

  it("installs Harbor with the certificate, whose challenge Harbor's nginx answers once it runs", () => {
    expect(resource("AcmeCertificate").inputs).toMatchObject({
      server: "letsencrypt",
      contact: "ops@example.com",
      identifiers: ["registry.example.com"],
      challenge: {
        type: "http-01",
        port: 80,
        nginx: { container: "nginx", confDirectory: "/opt/harbor/common/config/nginx/conf.d" },
      },
    });
    expect(resource("HarborInstallation").inputs).toMatchObject({
      version: "2.15.2",
      certificate: "AcmeCertificate-id",
      tls: { chainFile: ".breakwater/stacks/harbor-example/certificate/chain.pem" },
    });
  });

  it("has the admin password in the installation alone, and no other secret in any input or output", () => {
    const without = registered.filter(({ type }) => !type.endsWith("HarborInstallation"));
    const text = JSON.stringify([without.map(({ inputs }) => inputs), outputs]);
    for (const word of [PASSWORD, "the TLS key", "the robot's secret"]) expect(text).not.toContain(word);
    expect(resource("HarborInstallation").secrets).toContain("adminPassword");
    expect(resource("HarborProject").inputs.harbor).toEqual({
      url: "https://registry.example.com",
      username: "admin",
      passwordKey: "adminPassword",
    });
  });

  it("takes trust and certificates from committed files", () => {
    const { policy, stores } = resource("Trust").inputs as { policy: object; stores: Record<string, string[]> };
    expect(policy).toMatchObject({ trustPolicies: [{ name: "wabbit-networks-images" }] });
    const { certificate } = resource("FileIdentity").inputs;
    expect(stores["ca:wabbit-networks.io"]).toEqual([certificate]);
    for (const kind of ["SignedImage", "VerifiedImage", "ShadowCheck"]) {
      for (const { inputs } of all(kind)) expect(inputs.trust).toEqual({ policy, stores });
    }
  });

  it("pushes and signs with the robot that may push, after the project and the key were proved", () => {
    expect(resource("PushedImage", "app").inputs).toMatchObject({
      registry: { host: "registry.example.com", dockerConfig: ".breakwater/stacks/harbor-example/robots/ci/docker" },
      repository: "apps/app",
    });
    expect(resource("PushedImage", "built").inputs).toMatchObject({ source: `docker-daemon:${DIGEST}` });
    const { dependencies } = resource("SignedImage", "app");
    expect(dependencies).toContain("pulumi-nodejs:dynamic/breakwater:FileIdentity::wabbit-networks.io");
    expect(resource("SignedImage", "built").inputs).toMatchObject({ expiry: "24h" });
  });

  it.each(["HarborContentTrust", "HarborImmutableRule", "ShadowCheck"])(
    "makes %s behind the gates of the project's images: the signer is never locked out",
    (kind) => {
      const { dependencies } = resource(kind);
      for (const name of ["app", "built"])
        expect(dependencies).toContain(`pulumi-nodejs:dynamic/breakwater:VerifiedImage::${name}`);
    },
  );

  it("forgets with the installation what is in Harbor's data, and deletes the logins", () => {
    for (const kind of ["HarborProject", "HarborContentTrust", "HarborImmutableRule", "ShadowCheck"]) {
      for (const { deletedWith } of all(kind)) expect(deletedWith, kind).toBe("breakwater:harbor:Installation::harbor");
    }
    for (const { deletedWith } of all("HarborRobot")) expect(deletedWith).toBe("");
    expect(resource("HarborProject").inputs.adopt).toBe(true); // what was left there is taken over
  });

  it("has no path of this machine in any input but what the config names", () => {
    expect(JSON.stringify(registered.map(({ inputs }) => inputs))).not.toContain(projectRoot);
  });

  it("shows people what they need, in the outputs", () => {
    expect(outputs).toMatchObject({
      environment: "harbor",
      registry: "https://registry.example.com",
      certificate: CERTIFICATE,
      projects: [
        { name: "apps", gate: ["notation"], shadow: [{ signed: true, trusted: true }] },
        { name: "more", gate: [] },
      ],
      robots: [
        { name: "ci", permissions: "push", dockerConfig: ".breakwater/stacks/harbor-example/robots/ci/docker" },
        { name: "cluster", permissions: "pull" },
      ],
      trustDirectory: ".breakwater/stacks/harbor-example/trust",
    });
    // Nobody looks there, which is not the same as that nothing is there.
    expect((outputs.projects as object[])[1]).not.toHaveProperty("shadow");
    expect((outputs.images as object[])[0]).toEqual({
      reference: `registry.example.com/apps/app@${DIGEST}`,
      verdict: "verified",
      signer: { subject: "CN=wabbit-networks.io", thumbprint: "01" },
    });
  });
});

describe("variants", () => {
  const declare = async (changes: object, canBuild = true) => {
    registered = await mockEngine("harbor-example", MADE);
    outputs = await declaredBy(await harbor(config(changes), canBuild ? {} : { whyNotBuild: async () => "no plugin" }));
  };

  it("serve a certificate from files", async () => {
    await declare({ certificate: { files: { chain: "/tls/chain.pem", key: "/tls/key.pem", root: "/tls/root.pem" } } });
    expect(resource("FileCertificate").inputs).toMatchObject({ names: ["registry.example.com"] });
    expect(resource("HarborInstallation").inputs.tls).toEqual({
      chainFile: "/tls/chain.pem",
      keyFile: "/tls/key.pem",
      rootFile: "/tls/root.pem",
    });
    expect(resource("PushedImage").inputs.registry).toMatchObject({ caFile: "/tls/root.pem" });
    expect(outputs.certificate).toMatchObject({ root: "/tls/root.pem" });
  });

  it("leave out images to build where the engine can't, and nothing else", async () => {
    await declare({}, false);
    expect(all("VerifiedImage").map(({ name }) => name)).toEqual(["app"]);
    expect(registered.some(({ type }) => type.startsWith("docker:"))).toBe(false);
    expect(all("HarborContentTrust")).toHaveLength(1);
  });

  it("leave out a build whose commit can't be told, as long as the stack is nowhere; else that is an error", async () => {
    const images = [
      {
        name: "git",
        project: "apps",
        tag: "v1",
        build: "file:///nowhere/git.git#main",
        signedBy: "wabbit-networks.io",
      },
    ];
    registered = await mockEngine("harbor-example", MADE);
    await declaredBy(await harbor(config({ images }), { isNew: true }));
    expect(all("VerifiedImage")).toEqual([]);
    expect(all("HarborContentTrust")).toHaveLength(1);
    await expect(declare({ images })).rejects.toMatchObject({ code: "GIT_REPOSITORY_UNREACHABLE" });
  });

  it("look at the images of a gated project with the robot that pulls, where none pushes", async () => {
    await declare({ images: [], robots: [{ name: "cluster", project: "apps", permissions: "pull" }] });
    expect(resource("ShadowCheck").inputs.registry).toMatchObject({
      dockerConfig: ".breakwater/stacks/harbor-example/robots/cluster/docker",
    });
    expect(outputs.projects).toMatchObject([{ name: "apps", gate: ["notation"], shadow: [{ trusted: true }] }, {}]);
  });

  it("refuse an identity whose certificate is not committed, before anything is declared", async () => {
    const identities = [{ name: "stranger", keyFile: "/k" }];
    await expect(declare({ identities, images: [] })).rejects.toMatchObject({ code: "IDENTITY_CERTIFICATE_MISSING" });
    expect(registered).toEqual([]);
  });
});
