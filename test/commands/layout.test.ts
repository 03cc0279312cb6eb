import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { type WrittenLayout, writeLayout } from "../support/images";
import { breakwater, expectError, identity, notation, type VerdictJson, Workspace } from "./support";

// Images in OCI layouts: no registry at all. The repository of REF is the registry scope.

const SCOPE = "registry.example/app";

let workspace: Workspace;
let signer: GeneratedIdentity;
let config: string;
let layout: string;
let written: WrittenLayout;
beforeAll(async () => {
  workspace = await Workspace.make();
  signer = await identity();
  config = await workspace.config("config", { trusted: signer, scope: SCOPE, signer });
  layout = join(workspace.directory, "layout");
  written = await writeLayout(layout, { refName: "v1" });
});
afterAll(() => workspace?.remove());

const pinned = () => `${SCOPE}@${written.root.digest}`;
const copied = async (name: string) => {
  const copy = join(workspace.directory, name);
  await cp(layout, copy, { recursive: true });
  return copy;
};

describe("an image in an OCI layout", () => {
  it("is signed, listed, inspected and verified, by its tag and digest; notation agrees", async () => {
    const folder = await copied("signed");
    const at = ["--oci-layout", "signed"];
    const here = { folder: workspace.directory };
    expect((await breakwater(["verify", pinned(), "--trust", config, ...at], here)).code).toBe(1);
    const signed = await breakwater(
      ["sign", `${SCOPE}:v1`, "--config", "config", "--trust", "config", ...at, "--json"],
      here,
    );
    expect(signed.code, signed.stderr).toBe(0);
    const { digest } = (JSON.parse(signed.stdout) as { signature: { digest: string } }).signature;

    for (const reference of [pinned(), `${SCOPE}:v1`]) {
      const verified = await breakwater(["verify", reference, "--trust", config, ...at, "--json"], here);
      const verdict = JSON.parse(verified.stdout) as VerdictJson;
      expect({ code: verified.code, ...verdict }).toMatchObject({
        code: 0,
        reference: pinned(),
        verdict: "verified",
        enforced: true,
      });
      expect(verdict.signatures[0]?.digest).toBe(digest);
    }
    expect((await breakwater(["list", pinned(), ...at], here)).stdout).toContain(digest);
    expect((await breakwater(["inspect", pinned(), ...at], here)).stdout).toContain(signer.thumbprint);

    const theirs = [`${folder}:v1`, "--oci-layout", "--scope", SCOPE];
    expect(await notation(config, undefined, "verify", ...theirs)).toMatchObject({ code: 0 });
  });

  it("is verified when notation signed it", async () => {
    const folder = await copied("theirs");
    expect(await notation(config, undefined, "sign", "--oci-layout", `${folder}@${written.root.digest}`)).toMatchObject(
      { code: 0 },
    );
    expect((await breakwater(["verify", pinned(), "--trust", config, "--oci-layout", folder])).code).toBe(0);
  });

  it("is judged by the statement of REF's repository", async () => {
    const args = ["verify", `registry.example/other@${written.root.digest}`, "--trust", config, "--oci-layout", layout];
    const { code, stdout } = await breakwater([...args, "--json"]);
    expect({ code, rule: (JSON.parse(stdout) as VerdictJson).code }).toEqual({
      code: 1,
      rule: "NO_APPLICABLE_TRUST_POLICY",
    });
  });

  it("must be there", async () => {
    await expectError(["verify", `${SCOPE}:v2`, "--trust", config, "--oci-layout", layout], "MANIFEST_UNKNOWN");
  });
});
