import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { IdentityError } from "../../components/identity/error";
import { type GenerateTestIdentityArgs, generateTestIdentity } from "../../components/identity/generateTest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { KEY_SPECS, keySpecOf } from "../../components/notary/certificates/keySpec";
import { localSigner } from "../../components/notary/signing/localSigner";
import { expectCode } from "../notary/expectCode";

const START = new Date("2026-06-01T12:00:00.789Z");
const make = (changes: Partial<GenerateTestIdentityArgs> = {}) =>
  generateTestIdentity({ commonName: "wabbit-networks.io", lifetimeSeconds: 3600, clock: () => START, ...changes });

describe("a test identity", () => {
  it.each(KEY_SPECS)("signs with the key %s", async (keySpec) => {
    const { certificate, privateKey } = await make({ keySpec });
    expect(localSigner({ privateKey, certificateChain: certificate }).keySpec).toBe(keySpec);
  });

  it("is shaped like notation's", async () => {
    const identity = await make();
    const certificate = parseCertificate(new X509Certificate(identity.certificate).raw);
    expect(identity).toMatchObject({
      subject: "CN=wabbit-networks.io,O=Notary,L=Seattle,ST=WA,C=US",
      notBefore: "2026-06-01T12:00:00.000Z",
      notAfter: "2026-06-01T13:00:00.000Z",
      thumbprint: certificate.thumbprint,
    });
    expect(certificate).toMatchObject({
      keyUsage: { critical: true, bits: 1 },
      extendedKeyUsage: ["1.3.6.1.5.5.7.3.3"],
    });
    expect(certificate.basicConstraints).toBeUndefined();
    expect(keySpecOf(createPrivateKey(identity.privateKey))).toBe("RSA-2048");
    expect((await make()).thumbprint).not.toBe(identity.thumbprint);
  });

  it.each(["", ".", "..", "a/b", "a b", "ä", "a".repeat(65)])("refuses the common name %j", async (commonName) => {
    await expectCode(() => make({ commonName }), IdentityError, "COMMON_NAME_INVALID");
  });
  it.each([0, -1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER])(
    "refuses a lifetime of %d seconds",
    async (lifetimeSeconds) => {
      await expectCode(() => make({ lifetimeSeconds }), IdentityError, "LIFETIME_INVALID");
    },
  );
  it("refuses a key spec that has no algorithm", async () => {
    await expectCode(() => make({ keySpec: "RSA-1024" as "RSA-2048" }), IdentityError, "KEY_SPEC_UNSUPPORTED");
  });
});
