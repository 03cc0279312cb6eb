import { describe, expect, it } from "vitest";
import type { PinnedImage } from "../../components/image/pinnedImage";
import { whyNotTrusted } from "../../components/image/verdict";
import type { ArtifactVerdict, Outcome } from "../../components/notary/verification/verdict";

const digest = `sha256:${"a".repeat(64)}`;
const image: PinnedImage = {
  registry: { host: "registry.example:5000" },
  repository: "app",
  digest,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  size: 1,
};
const passed: Outcome = { validation: "authenticity", action: "enforce", result: "passed" };
const expired: Outcome = {
  validation: "expiry",
  action: "log",
  result: "failed",
  code: "SIGNATURE_EXPIRED",
  message: "the signature expired",
};

function verdict(changes: Partial<ArtifactVerdict>, ...outcomes: Outcome[]): ArtifactVerdict {
  const signatures = [{ digest, signer: null, verdict: "verified" as const, outcomes }];
  return { digest, verdict: "verified", enforced: true, statement: "app", level: "permissive", signatures, ...changes };
}

describe("an image is trusted", () => {
  it("when it is verified, its signer's authenticity was enforced and nothing failed", () => {
    expect(whyNotTrusted(image, verdict({}, passed))).toBe("");
  });

  it("but not when authenticity was only logged: anybody may have signed", () => {
    expect(whyNotTrusted(image, verdict({ enforced: false, level: "audit" }, passed))).toContain("not enforced");
  });

  it("but not when what failed is only logged, which is named", () => {
    expect(whyNotTrusted(image, verdict({}, passed, expired))).toContain("SIGNATURE_EXPIRED");
  });

  it("but not when it was never looked at", () => {
    const skipped = verdict({ verdict: "skipped", enforced: false, level: "skip", signatures: [] });
    expect(whyNotTrusted(image, skipped)).not.toBe("");
  });

  it("but not when it failed, and the code of the rule is named", () => {
    const failed = verdict({
      verdict: "failed",
      enforced: false,
      code: "NO_SIGNATURE",
      message: "none",
      signatures: [],
    });
    expect(whyNotTrusted(image, failed)).toContain("NO_SIGNATURE");
  });
});
