import "reflect-metadata";
import { randomBytes } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { JWS_MEDIA_TYPE } from "../../components/notary/envelope/content";
import { localSigner } from "../../components/notary/signing/localSigner";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import { compileTrust } from "../../components/notary/trust/declaration";
import type { SignatureVerification } from "../../components/notary/trust/document";
import type { VerdictCode } from "../../components/notary/verification/verdict";
import { verifyEnvelope } from "../../components/notary/verification/verifyArtifact";
import { httpTimestampServer } from "../../components/pki/timestampServer";
import * as make from "../support/certificates";
import { integer, sequence } from "../support/der";
import { unreachable } from "../support/revocation";
import { startTsa, TSA_EXTENSIONS, type TestTsa } from "../support/tsa";
import { makeToken, type TokenOptions } from "../support/tsaToken";
import { ARTIFACT, signJws } from "./envelopes";

const SCOPE = "registry.test/net-monitor";
const TIMESTAMP = "io.cncf.notary.timestampSignature";
const GEN_TIME = "20260601120000Z";
const afterExpiry = () => new Date("2028-01-01T00:00:00Z");
const afterCertExpiry: SignatureVerification = { level: "strict", verifyTimestamp: "afterCertExpiry" };
let signer: make.TestCertificate;
let tsaRoot: make.TestCertificate;
let tsa: make.TestCertificate;
let stranger: make.TestCertificate;
let wrongUsage: make.TestCertificate;
let revokable: make.TestCertificate;
beforeAll(async () => {
  signer = await make.selfSignedLeaf();
  tsaRoot = await make.goodRoot({ subject: "CN=tsa root" });
  const leaf = (options: make.CertificateOptions = {}) =>
    make.makeCertificate({ subject: "CN=tsa", issuer: tsaRoot, extensions: TSA_EXTENSIONS(), ...options });
  tsa = await leaf();
  stranger = await leaf({ issuer: await make.goodRoot({ subject: "CN=another root" }) });
  const codeSigning = new x509.ExtendedKeyUsageExtension([make.ExtendedKeyUsage.codeSigning], true);
  wrongUsage = await leaf({ extensions: [make.keyUsage(make.digitalSignature), codeSigning] });
  revokable = await leaf({ extensions: [...TSA_EXTENSIONS(), make.crlDistributionPoint("http://crl.test/tsa")] });
});

/** An envelope with a token over its own signature, but for what is told. */
function stamped(options: Partial<TokenOptions> = {}): Buffer {
  return stampedWith((message) => makeToken({ leaf: tsa, message, genTime: GEN_TIME, ...options }));
}

function stampedWith(tokenOf: (signature: Buffer) => Buffer): Buffer {
  const jws = signJws(signer);
  jws.header[TIMESTAMP] = tokenOf(Buffer.from(jws.signature, "base64url")).toString("base64");
  return Buffer.from(JSON.stringify(jws));
}

async function verify(
  envelope: Buffer,
  verification: SignatureVerification = { level: "strict" },
  clock = make.now,
  {
    envelopeMediaType = JWS_MEDIA_TYPE,
    stores = { "ca:a": [signer.pem], "tsa:a": [tsaRoot.pem] },
  }: { envelopeMediaType?: string; stores?: Record<string, string[]> } = {},
) {
  const statement = {
    name: "images",
    registryScopes: [SCOPE],
    signatureVerification: verification,
    trustStores: ["ca:a", "tsa:a"],
    trustedIdentities: ["*"],
  };
  const trust = compileTrust({ policy: { version: "1.0", trustPolicies: [statement] }, stores });
  const common = { envelope, envelopeMediaType, artifact: ARTIFACT, scope: SCOPE };
  const verdict = await verifyEnvelope({ ...common, trust, clock, revocation: unreachable });
  const outcome = verdict.signatures[0]?.outcomes.find(({ validation }) => validation === "authenticTimestamp");
  return { ...verdict, outcome };
}

describe("a signature with a time stamp", () => {
  it("is verified", async () => {
    expect(await verify(stamped())).toMatchObject({
      verdict: "verified",
      enforced: true,
      outcome: { action: "enforce", result: "passed" },
    });
  });

  it("is verified after its certificate expired, whenever time stamps are looked at", async () => {
    expect((await verify(stamped(), { level: "strict" }, afterExpiry)).verdict).toBe("verified");
    expect((await verify(stamped(), afterCertExpiry, afterExpiry)).verdict).toBe("verified");
  });

  it("is verified under afterCertExpiry while its certificate is valid, whatever its time stamp is", async () => {
    expect(
      (
        await verify(
          stampedWith(() => Buffer.from("none")),
          afterCertExpiry,
        )
      ).verdict,
    ).toBe("verified");
    const late = await verify(
      stampedWith(() => Buffer.from("none")),
      afterCertExpiry,
      afterExpiry,
    );
    expect(late.outcome).toMatchObject({ result: "failed", code: "TIMESTAMP_MALFORMED" });
  });

  it("is not verified under afterCertExpiry before its certificate is valid: only its expiry is rescued", async () => {
    const early = await verify(stamped(), afterCertExpiry, () => new Date("2026-05-01T00:00:00Z"));
    expect(early.outcome).toMatchObject({ result: "failed", code: "CERTIFICATE_NOT_YET_VALID" });
  });
});

describe("a bad time stamp fails the validation authenticTimestamp, by name", () => {
  const cases: [string, VerdictCode, () => Buffer][] = [
    ["that is none", "TIMESTAMP_MALFORMED", () => stampedWith(() => Buffer.from("none"))],
    ["that is empty", "TIMESTAMP_MISSING", () => stampedWith(() => Buffer.alloc(0))],
    ["of another signature", "TIMESTAMP_IMPRINT_MISMATCH", () => stamped({ message: randomBytes(64) })],
    ["of an unknown authority", "TIMESTAMP_NOT_TRUSTED", () => stamped({ leaf: stranger })],
    ["of an authority for something else", "TIMESTAMP_CERTIFICATE_INVALID", () => stamped({ leaf: wrongUsage })],
    [
      "that may be too early",
      "TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY",
      () => stamped({ genTime: "20260531120000Z", accuracy: sequence(integer(1)) }),
    ],
    ["of an authority that may be revoked", "TIMESTAMP_REVOCATION_UNKNOWN", () => stamped({ leaf: revokable })],
  ];

  it.each(cases)("%s: %s", async (_, code, envelope) => {
    const verdict = await verify(envelope());
    expect(verdict).toMatchObject({ verdict: "failed", enforced: false, signatures: [{ verdict: "failed", code }] });
    expect(verdict.signatures[0]?.outcomes.at(-1)).toMatchObject({
      validation: "authenticTimestamp",
      action: "enforce",
      result: "failed",
      code,
    });
  });

  it.each(cases)("%s is only logged under permissive", async (_, code, envelope) => {
    const verdict = await verify(envelope(), { level: "permissive" });
    expect(verdict).toMatchObject({
      verdict: "verified",
      enforced: true,
      outcome: { action: "log", result: "failed", code },
    });
    expect(verdict.signatures[0]?.outcomes.at(-1)).toMatchObject({ validation: "revocation", result: "passed" });
  });
});

describe("a signature stamped by a real authority, at the present time", () => {
  let authority: TestTsa;
  beforeAll(async () => {
    authority = await startTsa();
  });
  afterAll(() => authority.stop());

  it.each(["jws", "cose"] as const)(
    "in the format %s is verified, now and after its certificate expired",
    async (format) => {
      const clock = () => new Date();
      const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) };
      const leaf = await make.selfSignedLeaf({ ...validity, keySpec: "EC-384" });
      const roots = [parseCertificate(authority.root.der)];
      const server = httpTimestampServer(authority.url);
      const { envelope, envelopeMediaType } = await signArtifact({
        descriptor: ARTIFACT,
        signer: localSigner({ privateKey: leaf.privateKey, certificateChain: leaf.pem }),
        clock,
        format,
        timestamping: { server, roots, revocation: unreachable },
      });
      const stores = { "ca:a": [leaf.pem], "tsa:a": [authority.rootPem] };
      const judged = (at: () => Date) => verify(envelope, undefined, at, { envelopeMediaType, stores });
      expect((await judged(clock)).verdict).toBe("verified");
      expect((await judged(() => new Date(Date.now() + 7_200_000))).verdict).toBe("verified");
    },
  );
});
