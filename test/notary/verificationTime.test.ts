import { beforeAll, describe, expect, it } from "vitest";
import { JWS_MEDIA_TYPE } from "../../components/notary/envelope/content";
import type { SignatureRepository } from "../../components/notary/signatureRepository";
import { compileTrust, type Trust } from "../../components/notary/trust/declaration";
import { VerificationError } from "../../components/notary/verification/error";
import { verifyArtifact, verifyEnvelope } from "../../components/notary/verification/verifyArtifact";
import * as make from "../support/certificates";
import { unreachable } from "../support/revocation";
import { ARTIFACT, signJws } from "./envelopes";
import { expectCode } from "./expectCode";

// The one time at which an artifact is judged.

const SCOPE = "registry.test/net-monitor";
const PAST = { notBefore: new Date("2010-01-01"), notAfter: new Date("2011-01-01") };
let envelope: Buffer;
let trust: Trust;
beforeAll(async () => {
  const root = await make.goodRoot(PAST);
  const leaf = await make.goodLeaf(root, PAST);
  envelope = Buffer.from(JSON.stringify(signJws(leaf, { chain: [leaf, root] })));
  const statement = { name: "images", registryScopes: [SCOPE], signatureVerification: { level: "strict" as const } };
  trust = compileTrust({
    policy: { version: "1.0", trustPolicies: [{ ...statement, trustStores: ["ca:a"], trustedIdentities: ["*"] }] },
    stores: { "ca:a": [root.pem] },
  });
});

const verify = (clock: () => Date) =>
  verifyEnvelope({
    ...{ artifact: ARTIFACT, scope: SCOPE, trust, clock, revocation: unreachable },
    ...{ envelope, envelopeMediaType: JWS_MEDIA_TYPE },
  });

describe("the time of a verification", () => {
  it("must be one: nothing is judged, or fetched, at an invalid one", async () => {
    const clock = () => new Date("garbage");
    await expectCode(() => verify(clock), VerificationError, "VERIFICATION_TIME_INVALID");
    const untouched = () => Promise.reject(new RangeError("the registry was asked"));
    const signatures = { scope: SCOPE, listSignatures: untouched } as unknown as SignatureRepository;
    await expectCode(
      () => verifyArtifact({ artifact: ARTIFACT, scope: SCOPE, trust, clock, revocation: unreachable, signatures }),
      VerificationError,
      "VERIFICATION_TIME_INVALID",
    );
  });

  it("is within the validity of a certificate to the millisecond at either end", async () => {
    const at = async (time: number) => (await verify(() => new Date(time))).signatures[0]?.code;
    expect(await at(PAST.notBefore.getTime() - 1)).toBe("CERTIFICATE_NOT_YET_VALID");
    expect(await at(PAST.notBefore.getTime())).toBeUndefined();
    expect(await at(PAST.notAfter.getTime())).toBeUndefined();
    expect(await at(PAST.notAfter.getTime() + 1)).toBe("CERTIFICATE_EXPIRED");
  });

  it("is read once, and a clock that moves its Date moves nothing", async () => {
    let reads = 0;
    const moving = new Date("2010-06-01");
    const verdict = verify(() => {
      reads += 1;
      return moving;
    });
    moving.setTime(PAST.notAfter.getTime() + 1);
    expect((await verdict).verdict).toBe("verified");
    expect(reads).toBe(1);
  });
});
