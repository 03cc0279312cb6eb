import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { KeyUsageFlags } from "../../components/notary/certificates/usage";
import type { SignatureVerification } from "../../components/notary/trust/document";
import * as make from "../support/certificates";
import { makeCrl } from "../support/crl";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { pushImage, type TestImage } from "../support/smallImage";
import { pushAltered } from "./altered";
import { breakwater, identity, notation, reaching, type VerdictJson, Workspace } from "./support";

// Every verdict of `breakwater verify` on real registries, beside the exit status of the real notation CLI.

let workspace: Workspace;
let signer: GeneratedIdentity;
let stranger: GeneratedIdentity;
beforeAll(async () => {
  workspace = await Workspace.make();
  signer = await identity();
  stranger = await identity("stranger.example");
});
afterAll(() => workspace?.remove());

describe.each([
  { registryName: "distribution", start: () => startDistribution() },
  { registryName: "olareg", start: startOlareg },
])("with $registryName", ({ registryName, start }) => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());

  /** An image, signed by these in turn, and a configuration folder that trusts `signer` for it. */
  async function scene(name: string, signers: GeneratedIdentity[], verification: SignatureVerification = STRICT) {
    const image = await pushImage(registry, name);
    const folder = `${registryName}/${name}`;
    const config = await workspace.config(folder, { trusted: signer, scope: image.scope, verification, signer });
    for (const by of signers) await sign(image, by);
    return { image, config };
  }

  async function sign({ pinned }: TestImage, by: GeneratedIdentity, ...options: string[]): Promise<string> {
    const key = await workspace.write("key.pem", by.privateKey);
    const chain = await workspace.write("chain.pem", by.certificate);
    const files = ["--key-file", key, "--certificate-chain", chain];
    const signed = await breakwater(["sign", pinned, ...files, ...options, ...reaching(registry), "--json"]);
    expect(signed.code, signed.stderr).toBe(0);
    return (JSON.parse(signed.stdout) as { signature: { digest: string } }).signature.digest;
  }

  /** Our verdict as JSON and in words, and notation's exit code, which must be ours. */
  async function verdictOn(reference: string, config: string, ...options: string[]) {
    const args = ["verify", reference, "--trust", config, ...options, ...reaching(registry)];
    const json = await breakwater([...args, "--json"]);
    const words = await breakwater(args);
    const theirs = await notation(config, registry, "verify", ...options, reference);
    expect({ words: words.code, notation: theirs.code }, json.stderr + theirs.stderr).toEqual({
      words: json.code,
      notation: json.code,
    });
    return { code: json.code, json: JSON.parse(json.stdout) as VerdictJson, words: words.stdout };
  }

  it("verified: names the statement, the signer and each validation", async () => {
    const { image, config } = await scene("verified", [signer]);
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect(code).toBe(0);
    const outcome = (validation: string) => ({ validation, action: "enforce", result: "passed" });
    const { subject, thumbprint } = signer;
    expect(json).toEqual({
      reference: image.pinned,
      digest: image.descriptor.digest,
      verdict: "verified",
      enforced: true,
      statement: "images",
      level: "strict",
      signatures: [
        {
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          signer: { subject, issuer: subject, thumbprint },
          verdict: "verified",
          outcomes: ["integrity", "authenticity", "expiry", "authenticTimestamp", "revocation"].map(outcome),
        },
      ],
    });
    expect(words).toMatch(/^VERIFIED {2}/);
    for (const said of [image.pinned, `statement "images", level strict`, subject, thumbprint, config])
      expect(words).toContain(said);
    expect(words).not.toContain("Caution");
  });

  it("verified by a tag: with the digest, and a warning", async () => {
    const { image, config } = await scene("tagged", [signer]);
    const { json } = await verdictOn(image.tagged, config);
    expect(json).toMatchObject({ verdict: "verified", reference: image.pinned });
    const { stderr } = await breakwater(["verify", image.tagged, "--trust", config, ...reaching(registry)]);
    expect(stderr).toContain("Warning: tags move");
    expect(stderr).toContain(image.pinned);
    expect((await breakwater(["verify", image.pinned, "--trust", config, ...reaching(registry)])).stderr).toBe("");
  });

  it("verified by the second signature, though the first is a stranger's", async () => {
    const { image, config } = await scene("second", [stranger, signer]);
    const { code, json } = await verdictOn(image.pinned, config);
    expect({ code, verdict: json.verdict, last: json.signatures.at(-1)?.verdict }).toEqual({
      code: 0,
      verdict: "verified",
      last: "verified",
    });
  });

  it("failed: a signer who is not trusted", async () => {
    const { image, config } = await scene("untrusted", [stranger]);
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect(code).toBe(1);
    expect(json).toMatchObject({
      verdict: "failed",
      enforced: false,
      code: "NO_SIGNATURE_VERIFIED",
      message: expect.any(String),
      signatures: [
        {
          verdict: "failed",
          signer: { subject: stranger.subject },
          code: "CERTIFICATE_CHAIN_NOT_TRUSTED",
          outcomes: [
            { validation: "integrity", action: "enforce", result: "passed" },
            { validation: "authenticity", action: "enforce", result: "failed", code: "CERTIFICATE_CHAIN_NOT_TRUSTED" },
          ],
        },
      ],
    });
    expect(words).toMatch(/^FAILED {2}/);
    expect(words).toContain("authenticity is enforced and failed");
    expect(words).toContain("FAILED, enforced: CERTIFICATE_CHAIN_NOT_TRUSTED");
    expect(words).toContain(`breakwater inspect ${image.pinned}`);
  });

  it("failed: an envelope that was altered has no signer", async () => {
    const { image, config } = await scene("altered", []);
    await pushAltered(image, signer);
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect(code).toBe(1);
    expect(json.signatures).toMatchObject([{ signer: null, code: "ENVELOPE_SIGNATURE_INVALID" }]);
    expect(words).not.toContain(signer.subject);
  });

  it("failed: no signature", async () => {
    const { image, config } = await scene("unsigned", []);
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect({ code, json: json.code, signatures: json.signatures }).toEqual({
      code: 1,
      json: "NO_SIGNATURE",
      signatures: [],
    });
    expect(words).toContain("NO_SIGNATURE: ");
  });

  it("failed: no statement applies", async () => {
    const { image } = await scene("inapplicable", [signer]);
    const config = await workspace.config(`${registryName}/elsewhere`, {
      trusted: signer,
      scope: "elsewhere.example/app",
    });
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect(code).toBe(1);
    expect(json).toMatchObject({ statement: null, level: null, code: "NO_APPLICABLE_TRUST_POLICY" });
    expect(words).toContain("no trust policy statement applies");
  });

  it("failed: more signatures than are evaluated", async () => {
    const { image, config } = await scene("many", [stranger, stranger]);
    const limited = await verdictOn(image.pinned, config, "--max-signatures", "1");
    expect({ code: limited.code, json: limited.json.code, evaluated: limited.json.signatures.length }).toEqual({
      code: 1,
      json: "MAX_SIGNATURES_REACHED",
      evaluated: 1,
    });
    const { json, words } = await verdictOn(image.pinned, config);
    expect({ code: json.code, evaluated: json.signatures.length }).toEqual({
      code: "NO_SIGNATURE_VERIFIED",
      evaluated: 2,
    });
    expect(words).toContain("(2 of 2): failed");
  });

  it("user metadata decide", async () => {
    const { image, config } = await scene("metadata", []);
    await sign(image, signer, "--user-metadata", "build=1", "-m", "note=a=b");
    expect((await verdictOn(image.pinned, config, "-m", "build=1", "-m", "note=a=b")).code).toBe(0);
    const { code, json, words } = await verdictOn(image.pinned, config, "-m", "build=2");
    expect({ code, signature: json.signatures[0]?.code }).toEqual({ code: 1, signature: "USER_METADATA_MISMATCH" });
    expect(words).toMatch(/always +FAILED: USER_METADATA_MISMATCH/);
    expect(json.message).toContain("user metadata");
    expect(json.message).not.toContain("identity");
  });

  it("the time decides", async () => {
    const { image, config } = await scene("expiring", []);
    await sign(image, signer, "--expiry", "1h");
    expect((await verdictOn(image.pinned, config)).code).toBe(0);
    const at = async (hours: number) => {
      const time = new Date(Date.now() + hours * 3_600_000).toISOString();
      const args = ["verify", image.pinned, "--trust", config, "--at", time, "--json", ...reaching(registry)];
      const { code, stdout } = await breakwater(args);
      const verdict = JSON.parse(stdout) as VerdictJson;
      return { code, rule: verdict.signatures.at(-1)?.code };
    };
    expect(await at(0.5)).toEqual({ code: 0, rule: undefined });
    expect(await at(2)).toEqual({ code: 1, rule: "SIGNATURE_EXPIRED" });
    expect(await at(-48)).toEqual({ code: 1, rule: "CERTIFICATE_NOT_YET_VALID" });
  });

  it("the time decides on the data of revocation, too, which are asked for now", async () => {
    const HOUR = 3_600_000;
    const from = (hours: number) => new Date(Date.now() + hours * HOUR);
    const validity = { notBefore: from(-24), notAfter: from(24) };
    const extensions = [make.basicConstraints(true), make.keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)];
    const root = await make.goodRoot({ ...validity, keySpec: "EC-256", extensions });
    const lists = new Map<string, Buffer>();
    const web = createServer(({ url = "" }, response) => {
      response.writeHead(200, { "content-type": "application/pkix-crl" }).end(lists.get(url));
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    try {
      const place = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
      const rule = async (name: string, { revoked, hours }: { revoked: boolean; hours: number }) => {
        const leaf = await make.goodLeaf(root, {
          ...validity,
          keySpec: "EC-256",
          subject: "C=US, ST=WA, O=wabbit-networks.io, CN=listed",
          extensions: [
            make.keyUsage(make.digitalSignature),
            make.extendedKeyUsage(make.ExtendedKeyUsage.codeSigning),
            make.crlDistributionPoint(`${place}/${name}`),
          ],
        });
        const entries = revoked ? [{ certificate: leaf, date: from(-1) }] : [];
        lists.set(`/${name}`, makeCrl({ issuer: root, thisUpdate: from(-1), nextUpdate: from(2), entries }));
        const image = await pushImage(registry, name);
        const trusted = { ...signer, certificate: root.pem };
        const config = await workspace.config(`${registryName}/${name}`, { trusted, scope: image.scope });
        await sign(image, { ...signer, certificate: leaf.chainPem, privateKey: leaf.privateKey });
        const args = ["verify", image.pinned, "--trust", config, "--at", from(hours).toISOString(), "--json"];
        const { stdout } = await breakwater([...args, ...reaching(registry)]);
        return (JSON.parse(stdout) as VerdictJson).signatures.at(-1)?.code;
      };
      expect(await rule("listed-now", { revoked: false, hours: 1 })).toBeUndefined();
      expect(await rule("listed-later", { revoked: false, hours: 3 })).toBe("REVOCATION_UNKNOWN");
      // What is published now counts, also for a time before it was.
      expect(await rule("listed-earlier", { revoked: true, hours: -2 })).toBe("CERTIFICATE_REVOKED");
    } finally {
      await new Promise((resolve) => web.close(resolve));
    }
  });

  it("skipped", async () => {
    const { image, config } = await scene("skipped", [stranger], { level: "skip" });
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect({ code, ...json }).toMatchObject({
      code: 0,
      verdict: "skipped",
      enforced: false,
      level: "skip",
      signatures: [],
    });
    expect(words).toMatch(/^SKIPPED, NOT A TRUSTED IMAGE {2}/);
  });

  it("verified, but not a trusted image: authenticity is only logged", async () => {
    const { image, config } = await scene("audit", [stranger], { level: "audit" });
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect({ code, ...json }).toMatchObject({ code: 0, verdict: "verified", enforced: false, level: "audit" });
    expect(json.signatures[0]?.outcomes).toContainEqual({
      validation: "authenticity",
      action: "log",
      result: "failed",
      code: "CERTIFICATE_CHAIN_NOT_TRUSTED",
      message: expect.any(String),
    });
    expect(words).toMatch(/^VERIFIED, BUT NOT A TRUSTED IMAGE {2}/);
    expect(words).toContain("authenticity failed, and the policy only logs that");
    expect(words).toContain("failed, only logged: CERTIFICATE_CHAIN_NOT_TRUSTED");
  });

  it("verified with revocation skipped says so", async () => {
    const { image, config } = await scene("override", [signer], { level: "strict", override: { revocation: "skip" } });
    const { code, json, words } = await verdictOn(image.pinned, config);
    expect(code).toBe(0);
    expect(json.signatures[0]?.outcomes.at(-1)).toEqual({
      validation: "revocation",
      action: "skip",
      result: "skipped",
    });
    expect(words).toContain("revocation is skipped by the policy");
  });

  it("takes the trust of NOTATION_CONFIG when none is named", async () => {
    const { image, config } = await scene("default-trust", [signer]);
    const env = { NOTATION_CONFIG: config };
    expect((await breakwater(["verify", image.pinned, ...reaching(registry)], { env })).code).toBe(0);
  });

  it("is in colour only on a terminal", async () => {
    const { image, config } = await scene("colours", [signer]);
    const args = ["verify", image.pinned, "--trust", config, ...reaching(registry)];
    const csi = "\u001b";
    expect((await breakwater(args, { colour: true })).stdout).toContain(`${csi}[1;32mVERIFIED${csi}[0m`);
    expect((await breakwater(args)).stdout).not.toContain(csi);
  });
});

const STRICT: SignatureVerification = { level: "strict" };
