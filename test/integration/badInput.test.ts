import { readFile, truncate, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobPath, writeLayout, writeOciArchive } from "../support/images";
import { copyProject, type ProjectCopy } from "../support/project";
import { filesBelow, LOCAL, listedByNotation, POLICY, prove } from "./support";

let project: ProjectCopy;

beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project?.remove());

type Statement = Record<string, unknown>;

/** One flaw each, and what the error has to name. */
const FLAWS: { flaw: string; code: string; names: string; break(policy: { trustPolicies: Statement[] }): void }[] = [
  {
    flaw: "a duplicate name",
    code: "STATEMENT_NAME_DUPLICATE",
    names: "wabbit-networks-images",
    break: ({ trustPolicies }) =>
      trustPolicies.push({ ...trustPolicies[0], registryScopes: ["example.com/other"] } as Statement),
  },
  {
    flaw: "a wildcard beside other scopes",
    code: "REGISTRY_SCOPE_WILDCARD_NOT_ALONE",
    names: "wabbit-networks-images",
    break: ({ trustPolicies }) => Object.assign(trustPolicies[0] ?? {}, { registryScopes: ["*", "example.com/other"] }),
  },
  {
    flaw: "an unknown level",
    code: "LEVEL_UNKNOWN",
    names: "strikt",
    break: ({ trustPolicies }) => Object.assign(trustPolicies[0] ?? {}, { signatureVerification: { level: "strikt" } }),
  },
  {
    flaw: "a misspelt field",
    code: "POLICY_UNKNOWN_FIELD",
    names: "trustedIdentites",
    break: ({ trustPolicies }) => Object.assign(trustPolicies[0] ?? {}, { trustedIdentites: ["*"] }),
  },
  {
    flaw: "a malformed identity",
    code: "TRUSTED_IDENTITY_MALFORMED",
    names: "no-identity",
    break: ({ trustPolicies }) => Object.assign(trustPolicies[0] ?? {}, { trustedIdentities: ["no-identity"] }),
  },
];

describe("a trust policy that the specification forbids", () => {
  let good: string;
  beforeAll(async () => {
    good = await readFile(project.path(POLICY), "utf8");
  });
  afterAll(() => writeFile(project.path(POLICY), good));

  it.each(FLAWS)("fails the run by name, and no trust is written: $flaw", async ({ code, names, ...flaw }) => {
    const policy = JSON.parse(good) as { trustPolicies: Statement[] };
    flaw.break(policy);
    await writeFile(project.path(POLICY), JSON.stringify(policy));
    const result = await project.start();
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`[${code}]`);
    expect(result.stderr).toContain(names);
    expect(await filesBelow(project.path(LOCAL, "trust"))).toEqual([]);
  });
});

describe("a wrong use", () => {
  it.each([[["--imgae", "x"]], [["--port", "70000"]], [["--port", "http"]], [["a-word"]]])(
    "ends with exit code 2: %s",
    async (args) => {
      const { code, stderr, stdout } = await project.run(["start", "--silent", "--", ...args]);
      expect(code).toBe(2);
      expect(stderr).toContain("[USAGE]");
      expect(stdout).toBe("");
    },
  );
});

describe("an image that can't be used", () => {
  it("is refused by name, and starts nothing", async () => {
    const truncated = project.path("truncated");
    const { blobs } = await writeLayout(truncated);
    const cut = blobs.at(-1) ?? "";
    await truncate(blobPath(truncated, cut), 3);
    const mismatched = project.path("mismatched");
    const layers = (await writeLayout(mismatched, { layers: ["as declared"] })).blobs;
    const changed = layers.at(-1) ?? "";
    await writeFile(blobPath(mismatched, changed), "AS declared");

    const before = await project.processes();
    for (const [image, code, names] of [
      [project.path("nowhere"), "SOURCE_MISSING", "nowhere"],
      [truncated, "SOURCE_TRUNCATED", cut],
      [mismatched, "SOURCE_DIGEST_MISMATCH", changed],
    ] as const) {
      const result = await project.start("--image", image);
      expect(result.code, image).toBe(2);
      expect(result.stderr).toContain(`[${code}]`);
      expect(result.stderr).toContain(names);
    }
    expect(await project.processes()).toEqual(before);
  });
});

describe("after all that", () => {
  it("a plain `npm start` succeeds, and signs the sample", async () => {
    const summary = await project.json();
    expect(summary.changes).toMatchObject({ update: 0, delete: 0 });
    await prove(summary);
    expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
  });

  it("an image that can't be used changes nothing for the next run", async () => {
    expect((await project.start("--image", project.path("nowhere"))).code).toBe(2);
    expect((await project.json()).changes).toMatchObject({ create: 0, update: 0, delete: 0 });
  });

  it("a multi-platform layout is signed as the index it is", async () => {
    const layout = project.path("multi");
    const { root } = await writeLayout(layout, { platforms: ["linux/amd64", "linux/arm64"] });
    const summary = await project.json("--image", "multi"); // relative to where the command was given
    expect(summary.image.digest).toBe(root.digest);
    expect(await prove(summary)).toContain(root.digest);
    expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
  });

  it("an archive is signed, and `--image sample` goes back", async () => {
    const layout = project.path("single");
    const { root } = await writeLayout(layout, { layers: ["of an archive"] });
    const archive = project.path("single.tar.gz");
    await writeOciArchive(layout, archive, { gzip: true });
    const summary = await project.json("--image", archive);
    expect(summary.image.digest).toBe(root.digest);
    expect(await prove(summary)).toContain(root.digest);
    expect((await project.json("--image", "sample")).image.digest).not.toBe(root.digest);
  });

  it("a port that another program holds is named and not remembered, and `--port 0` finds a free one", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const { port } = holder.address() as AddressInfo;
    try {
      const { code, stderr } = await project.start("--port", String(port));
      expect(code).toBe(1);
      expect(stderr).toContain("[PORT_IN_USE]");
      expect(stderr).toContain(String(port));

      expect(new URL((await project.json()).registry).port).not.toBe(String(port));
      const summary = await project.json("--port", "0");
      expect(new URL(summary.registry).port).not.toBe(String(port));
      await prove(summary);
      expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
    } finally {
      holder.close();
    }
  });
});
