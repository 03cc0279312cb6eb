import { describe, expect, it } from "vitest";
import { requireWeaker, WEAKER, type Weaker, weaknessesOf } from "../../components/image/acceptWeaker";
import type { PinnedImage } from "../../components/image/pinnedImage";
import { judge } from "../../components/image/verdict";
import type { ArtifactVerdict, Outcome } from "../../components/notary/verification/verdict";
import { PropertyError } from "../../components/provider/definition";

const digest = `sha256:${"a".repeat(64)}`;
const image: PinnedImage = {
  registry: { host: "registry.example:5000" },
  repository: "app",
  digest,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  size: 1,
};
const passed: Outcome = { validation: "authenticity", action: "enforce", result: "passed" };
const unauthentic: Outcome = {
  validation: "authenticity",
  action: "log",
  result: "failed",
  code: "CERTIFICATE_CHAIN_NOT_TRUSTED",
  message: "a stranger",
};
const expired: Outcome = {
  validation: "expiry",
  action: "log",
  result: "failed",
  code: "SIGNATURE_EXPIRED",
  message: "the signature expired",
};
const unasked: Outcome = { validation: "revocation", action: "skip", result: "skipped" };

function verdict(changes: Partial<ArtifactVerdict>, ...outcomes: Outcome[]): ArtifactVerdict {
  const signatures = [{ digest, signer: null, verdict: "verified" as const, outcomes }];
  return { digest, verdict: "verified", enforced: true, statement: "app", level: "permissive", signatures, ...changes };
}

const audit = { enforced: false, level: "audit" } as const;
const skipped = verdict({ verdict: "skipped", enforced: false, level: "skip", signatures: [] });
const gate = (given: ArtifactVerdict, ...acceptWeaker: Weaker[]) => judge({ image, acceptWeaker }, given);

describe("an image may be used", () => {
  it("when it is verified, its signer's authenticity was enforced and nothing failed", () => {
    expect(gate(verdict({}, passed))).toEqual({ verdict: verdict({}, passed), accepted: [] });
  });

  it.each<[string, ArtifactVerdict, Weaker[]]>([
    [
      "authenticity was only logged and passed: anybody may have signed",
      verdict(audit, { ...passed, action: "log" }),
      ["authenticity"],
    ],
    ["authenticity failed and was only logged", verdict(audit, unauthentic), ["authenticity"]],
    ["expiry failed and was only logged", verdict({}, passed, expired), ["expiry"]],
    ["revocation was not looked at", verdict({}, passed, unasked), ["revocation"]],
    [
      "several failed and were only logged",
      verdict(audit, unauthentic, expired, unasked),
      ["authenticity", "expiry", "revocation"],
    ],
    ["nothing was looked at", skipped, ["skip"]],
  ])("but not when %s, unless that is accepted by name", (_, given, needed) => {
    expect(weaknessesOf(given).map(({ name }) => name)).toEqual(needed);
    expect(gate(given).refusal?.code).toBe("IMAGE_VERIFIED_WEAKLY");
    expect(gate(given).refusal?.why).toContain(JSON.stringify(needed));
    for (const name of needed) {
      const others = WEAKER.filter((weaker) => weaker !== name);
      expect(gate(given, ...others).refusal?.code).toBe("IMAGE_VERIFIED_WEAKLY");
      expect(gate(given, ...others).accepted).toEqual([]);
    }
    expect(gate(given, ...needed)).toEqual({ verdict: given, accepted: needed });
  });

  it("and what was accepted without need is not said to be needed", () => {
    expect(gate(verdict({}, passed, expired), ...WEAKER).accepted).toEqual(["expiry"]);
  });

  it("but never when it failed, whatever is accepted, and the code of the rule is named", () => {
    const code = "NO_SIGNATURE";
    const failed = verdict({ verdict: "failed", enforced: false, code, message: "none", signatures: [] });
    const { refusal, accepted } = gate(failed, ...WEAKER);
    expect(refusal?.code).toBe("IMAGE_NOT_VERIFIED");
    expect(refusal?.why).toContain(code);
    expect(accepted).toEqual([]);
  });

  it("and what is accepted must have a name that means something", () => {
    expect(() => requireWeaker(WEAKER)).not.toThrow();
    for (const name of ["integrity", "Expiry", "audit", ""]) expect(() => requireWeaker([name])).toThrow(PropertyError);
  });
});
