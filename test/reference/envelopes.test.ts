import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { certificatePem, parseCertificates } from "../../components/notary/certificates/pem";
import { compileTrust } from "../../components/notary/trust/declaration";
import type { SignatureVerification } from "../../components/notary/trust/document";
import { LEVELS } from "../../components/notary/trust/level";
import { verifyEnvelope } from "../../components/notary/verification/verifyArtifact";
import { goModule } from "../support/goModule";
import { unreachable } from "../support/revocation";

// The signature envelopes of notation-go's own tests (internal/mock/testdata) under the policies of its
// verifier_test.go, TestNotationVerificationCombinations; read from the module, with the results that it expects.

const SCOPE = "registry.acme-rockets.io/software/net-monitor";
const ARTIFACT = {
  mediaType: "application/vnd.docker.distribution.manifest.v2+json",
  digest: "sha256:60043cf45eaebc4c0867fea485a039b598f52fd09fd5b07b0b2d2f88fad9d74e",
  size: 528,
};
const SCHEMES = [{ scheme: "ca" }, { scheme: "sa" }] as const;
const RELAXABLE = ["strict", "permissive", "audit"] as const;
const TRUSTED = ["x509.subject:CN=Notation Test Root,O=Notary,L=Seattle,ST=WA,C=US"];
const now = new Date("2026-01-01T00:00:00Z");

let module: string;
beforeAll(() => {
  module = goModule("github.com/notaryproject/notation-go");
});

const envelope = (name: string) => readFileSync(join(module, "internal/mock/testdata", name));
const anchors = (type: string, store: string, file: string) =>
  parseCertificates(readFileSync(join(module, "verifier/testdata/truststore/x509", type, store, file))).map(({ raw }) =>
    certificatePem(raw),
  );

interface Changes {
  store?: { name: string; file: string };
  identities?: string[];
  verification?: Partial<SignatureVerification>;
}

async function outcomesOf(
  name: string,
  level: (typeof RELAXABLE)[number],
  changes: Changes = {},
  mediaType = "application/jose+json",
) {
  const { store = { name: "valid-trust-store", file: "NotationTestRoot.pem" }, identities = TRUSTED } = changes;
  const verdict = await verifyEnvelope({
    envelope: envelope(name),
    envelopeMediaType: mediaType,
    artifact: ARTIFACT,
    scope: SCOPE,
    trust: compileTrust({
      policy: {
        version: "1.0",
        trustPolicies: [
          {
            name: "test-statement-name",
            registryScopes: [SCOPE],
            signatureVerification: { level, ...changes.verification },
            trustStores: [`ca:${store.name}`, `signingAuthority:${store.name}`],
            trustedIdentities: identities,
          },
        ],
      },
      stores: {
        [`ca:${store.name}`]: anchors("ca", store.name, store.file),
        [`signingAuthority:${store.name}`]: anchors("signingAuthority", store.name, store.file),
      },
    }),
    clock: () => now,
    revocation: unreachable,
  });
  return { verdict, outcomes: verdict.signatures[0]?.outcomes ?? [] };
}

describe.each(SCHEMES)("notation-go's envelopes of the scheme $scheme", ({ scheme }) => {
  describe.each(RELAXABLE)("under %s", (level) => {
    it("are refused in an unknown format", async () => {
      const { outcomes } = await outcomesOf(`${scheme}_valid_sig_env.json`, level, {}, "application/unsupported+json");
      expect(outcomes).toMatchObject([
        { validation: "integrity", result: "failed", code: "ENVELOPE_TYPE_UNSUPPORTED" },
      ]);
    });

    it("have integrity, authenticity and are not expired when valid", async () => {
      const { outcomes } = await outcomesOf(`${scheme}_valid_sig_env.json`, level);
      expect(outcomes).toMatchObject([
        { validation: "integrity", action: "enforce", result: "passed" },
        { validation: "authenticity", action: LEVELS[level].authenticity, result: "passed" },
        { validation: "expiry", action: LEVELS[level].expiry, result: "passed" },
        { validation: "authenticTimestamp" },
        { validation: "revocation", result: "passed" },
      ]);
    });

    it("have no integrity when invalid", async () => {
      const { outcomes, verdict } = await outcomesOf(`${scheme}_invalid_sig_env.json`, level);
      expect(outcomes).toMatchObject([{ validation: "integrity", action: "enforce", result: "failed" }]);
      expect(verdict.verdict).toBe("failed");
    });

    it("have no authenticity under another trust store", async () => {
      const store = { name: "valid-trust-store-2", file: "GlobalSign.der" };
      const { outcomes } = await outcomesOf(`${scheme}_valid_sig_env.json`, level, { store, identities: ["*"] });
      const code = "CERTIFICATE_CHAIN_NOT_TRUSTED";
      expect(outcomes[1]).toMatchObject({ validation: "authenticity", action: LEVELS[level].authenticity, code });
    });

    it("have no authenticity under another identity", async () => {
      const identities = ["x509.subject:CN=LOL,O=DummyOrg,L=Hyderabad,ST=TG,C=IN"];
      const { outcomes } = await outcomesOf(`${scheme}_valid_sig_env.json`, level, { identities });
      const code = "SIGNER_IDENTITY_NOT_TRUSTED";
      expect(outcomes[1]).toMatchObject({ validation: "authenticity", action: LEVELS[level].authenticity, code });
    });

    it("are expired", async () => {
      const { outcomes } = await outcomesOf(`${scheme}_expired_sig_env.json`, level);
      expect(outcomes.find(({ validation }) => validation === "expiry")).toMatchObject({
        action: LEVELS[level].expiry,
        result: "failed",
        code: "SIGNATURE_EXPIRED",
      });
    });

    it("are refused when they ask for a plugin, which is not supported", async () => {
      const { verdict } = await outcomesOf(`${scheme}_plugin_sig_env.json`, level);
      expect(verdict.signatures[0]).toMatchObject({ verdict: "failed", code: "VERIFICATION_PLUGIN_UNSUPPORTED" });
    });
  });
});

describe("notation-go's envelopes with a plugin's minimum version", () => {
  it.each([
    "ca_compatible_pluginver_sig_env_0.0.9.json",
    "ca_compatible_pluginver_sig_env_1.0.0.json",
    "ca_compatible_pluginver_sig_env_1.0.0-alpha.json",
    "ca_compatible_pluginver_sig_env_1.0.0-alpha.beta.json",
    "ca_incompatible_pluginver_sig_env_1.0.1.json",
    "ca_incompatible_pluginver_sig_env_1.0.9.json",
    "ca_incompatible_pluginver_sig_env_1.1.0-alpha.json",
    "ca_incompatible_pluginver_sig_env_1.2.3.json",
  ])("%s is refused", async (name) => {
    const { verdict } = await outcomesOf(name, "audit");
    expect(verdict.signatures[0]).toMatchObject({ verdict: "failed", code: "VERIFICATION_PLUGIN_UNSUPPORTED" });
  });
});
