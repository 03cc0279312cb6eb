import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { program } from "../../stacks/program";
import { projectRoot } from "../support/tools";
import { mockEngine, type Registered, resolved } from "./support";

let registered: Registered[];
let outputs: Record<string, unknown>;

const DIGEST = `sha256:${"a".repeat(64)}`;
/** What the handlers would add. */
const MADE: Record<string, object> = {
  Pebble: { ports: { acme: 1, management: 2, http01: 3 } },
  AcmeCertificate: { issuer: "Pebble", notAfter: "2030-01-01T00:00:00.000Z", privateKey: "the TLS key" },
  Registry: { port: 5000, password: "the password", htpasswd: "the htpasswd line" },
  SigningIdentity: { certificate: "PEM", privateKey: "the signing key" },
  PushedImage: { digest: DIGEST, mediaType: "application/vnd.oci.image.manifest.v1+json", size: 1 },
  SignedImage: { signature: { digest: `sha256:${"b".repeat(64)}` } },
  VerifiedImage: {
    reference: `127.0.0.1:5000/notation-project/net-monitor@${DIGEST}`,
    verdict: {
      verdict: "verified",
      signatures: [
        { verdict: "failed", signer: { subject: "CN=stranger", thumbprint: "00" } },
        { verdict: "verified", signer: { subject: "CN=wabbit-networks.io", thumbprint: "01" } },
      ],
    },
  },
};

// The program makes its resources when it is called, which is after the mocks are set.
beforeAll(async () => {
  registered = await mockEngine("local", MADE);
  outputs = await resolved(await program());
});

const resource = (kind: string): Registered => {
  const found = registered.find(({ type }) => type === `pulumi-nodejs:dynamic/breakwater:${kind}`);
  if (found === undefined) throw new Error(`no ${kind} was registered`);
  return found;
};

describe("the stack local", () => {
  it("declares each part once, as a component with its resource in it", () => {
    const components = registered.filter(({ type }) => type.startsWith("breakwater:"));
    expect(components.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "breakwater:certificate:AcmeCertificate registry",
      "breakwater:identity:SigningIdentity wabbit-networks.io",
      "breakwater:image:PushedImage net-monitor",
      "breakwater:image:SignedImage net-monitor",
      "breakwater:image:VerifiedImage net-monitor",
      "breakwater:local:Pebble pebble",
      "breakwater:local:Registry registry",
      "breakwater:trust:Trust wabbit-networks-images",
    ]);
    const dynamic = registered.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/breakwater:"));
    expect(dynamic).toHaveLength(components.length);
    for (const component of components) {
      const kind = component.type.split(":").at(-1) ?? "";
      expect(resource(kind).parent).toBe(`${component.type}::${component.name}`);
    }
    expect(registered).toHaveLength(2 * components.length);
  });

  it("keeps keys and passwords secret in the outputs of those that make them", () => {
    expect(resource("Registry").secrets?.sort()).toEqual(["htpasswd", "password"]);
    expect(resource("AcmeCertificate").secrets).toEqual(["privateKey"]);
    expect(resource("SigningIdentity").secrets).toEqual(["privateKey"]);
  });

  it("copies no key and no password into another resource, nor into the outputs", () => {
    const secrets = ["the TLS key", "the password", "the htpasswd line", "the signing key"];
    const text = JSON.stringify([registered.map(({ inputs }) => inputs), outputs]);
    expect(text).toContain(DIGEST);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("verifies the image that was signed, after it was signed", () => {
    expect(resource("SignedImage").inputs.image).toMatchObject({ digest: DIGEST });
    expect(resource("VerifiedImage").inputs.image).toEqual(resource("SignedImage").inputs.image);
    const signed = "pulumi-nodejs:dynamic/breakwater:SignedImage::net-monitor";
    expect(resource("VerifiedImage").dependencies).toContain(signed);
  });

  it("signs only what was pushed, with an identity whose files exist, under a trust that was written", () => {
    const { dependencies } = resource("SignedImage");
    for (const part of [
      "PushedImage::net-monitor",
      "SigningIdentity::wabbit-networks.io",
      "Trust::wabbit-networks-images",
    ]) {
      expect(dependencies).toContain(`pulumi-nodejs:dynamic/breakwater:${part}`);
    }
  });

  it("trusts the identity that signs, by the committed policy, for every verification alike", () => {
    const trust = resource("Trust").inputs;
    expect(trust.stores).toEqual({ "ca:wabbit-networks.io": ["PEM"] });
    expect(trust.policy).toMatchObject({
      trustPolicies: [
        { name: "wabbit-networks-images", registryScopes: ["*"], signatureVerification: { level: "strict" } },
      ],
    });
    const declaration = { policy: trust.policy, stores: trust.stores };
    expect(resource("SignedImage").inputs.trust).toEqual(declaration);
    expect(resource("VerifiedImage").inputs.trust).toEqual(declaration);
  });

  it("serves the registry with the certificate that was issued, and restarts it with another one", () => {
    expect(resource("AcmeCertificate").inputs).toMatchObject({
      identifiers: ["127.0.0.1"],
      server: { url: "https://127.0.0.1:1/dir", rootUrl: "https://127.0.0.1:2/roots/0" },
      challenge: { address: "127.0.0.1", port: 3 },
    });
    expect(resource("Registry").inputs).toMatchObject({
      certificate: "AcmeCertificate-id",
      tls: { chainFile: ".breakwater/stacks/local/certificate/chain.pem" },
    });
    expect(resource("PushedImage").inputs.registry).toMatchObject({
      host: "127.0.0.1:5000",
      caFile: ".breakwater/stacks/local/certificate/root.pem",
    });
  });

  it("has no absolute path in any input: the project may move", () => {
    expect(JSON.stringify(registered.map(({ inputs }) => inputs))).not.toContain(projectRoot);
  });

  it("shows what the summary is made of", () => {
    expect(outputs).toMatchObject({
      registry: "https://127.0.0.1:5000",
      certificate: { issuer: "Pebble", notAfter: "2030-01-01T00:00:00.000Z" },
      image: { reference: `127.0.0.1:5000/notation-project/net-monitor@${DIGEST}`, digest: DIGEST },
      signature: { digest: `sha256:${"b".repeat(64)}` },
      signer: { subject: "CN=wabbit-networks.io", thumbprint: "01" },
      verdict: "verified",
      trustDirectory: join(projectRoot, ".breakwater/stacks/local/trust"),
    });
  });

  it("shows the notation command with its environment and without a login", () => {
    const command = String(outputs.verifyCommand);
    for (const part of ["NOTATION_CONFIG=", "DOCKER_CONFIG=", "SSL_CERT_FILE=", ` verify 127.0.0.1:5000/`, DIGEST]) {
      expect(command).toContain(part);
    }
  });
});
