import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { pushImage, type TestImage } from "../support/smallImage";
import { startTsa, type TestTsa } from "../support/tsa";
import { pushAltered } from "./altered";
import { breakwater, identity, notation, reaching, Workspace } from "./support";

// What `breakwater inspect` and `list` show, beside what the real notation CLI shows.

interface Shown {
  readonly mediaType: string;
  readonly signatures: Record<string, unknown>[];
}

let workspace: Workspace;
let signer: GeneratedIdentity;
let tsa: TestTsa;
beforeAll(async () => {
  workspace = await Workspace.make();
  signer = await identity();
  tsa = await startTsa();
});
afterAll(async () => {
  await tsa?.stop();
  await workspace?.remove();
});

describe.each([
  { registryName: "distribution", start: () => startDistribution(), signFlags: [] },
  { registryName: "olareg", start: startOlareg, signFlags: ["--force-referrers-tag=false"] },
])("with $registryName", ({ registryName, start, signFlags }) => {
  let registry: TestRegistry;
  let config: string;
  beforeAll(async () => {
    registry = await start();
    config = await workspace.config(registryName, { trusted: signer, scope: `${registry.host}/app`, signer });
  });
  afterAll(() => registry?.stop());

  const theirs = (...args: string[]) => notation(config, registry, ...args);
  const ours = (...args: string[]) => breakwater([...args, ...reaching(registry)]);

  /** Signed by us in both formats, and by notation. */
  async function signedImage(name: string): Promise<TestImage> {
    const image = await pushImage(registry, name);
    const sign = async (...options: string[]) => {
      const { code, stderr } = await ours("sign", image.pinned, "--config", config, ...options);
      expect(code, stderr).toBe(0);
    };
    await sign("--signature-format", "cose", "-m", "build=<7>", "--expiry", "2h");
    const root = await workspace.write("tsa.pem", tsa.rootPem);
    await sign("--timestamp-url", tsa.url, "--timestamp-root-cert", root);
    expect(await theirs("sign", ...signFlags, "-m", "by=notation", image.pinned)).toMatchObject({ code: 0 });
    return image;
  }

  it("lists the very lines of `notation list`", async () => {
    const image = await signedImage("listed");
    for (const words of [["list"], ["ls"]]) {
      const listed = await ours(...words, image.tagged);
      const { code, stdout } = await theirs("list", image.tagged);
      expect({ code: listed.code, stdout: listed.stdout }).toEqual({ code, stdout });
    }
    const json = await ours("list", image.pinned, "--json");
    const digests = [...json.stdout.matchAll(/"digest": "(sha256:[0-9a-f]{64})"/g)].map(([, digest]) => digest);
    const { stdout } = await theirs("list", image.pinned);
    expect(digests.slice(1)).toEqual([...stdout.matchAll(/── (sha256:[0-9a-f]{64})/g)].map(([, digest]) => digest));
    expect(JSON.parse(json.stdout)).toMatchObject({
      reference: image.pinned,
      digest: image.descriptor.digest,
      more: false,
    });
  });

  it("lists no more than asked for, with a warning", async () => {
    const image = await signedImage("limited");
    const { code, stdout, stderr } = await ours("list", image.pinned, "--max-signatures", "2", "--json");
    const listed = JSON.parse(stdout) as { signatures: unknown[]; more: boolean };
    expect({ code, count: listed.signatures.length, more: listed.more }).toEqual({ code: 0, count: 2, more: true });
    expect(stderr).toContain("--max-signatures");
    const inspected = await ours("inspect", image.pinned, "--max-signatures", "2", "--json");
    expect((JSON.parse(inspected.stdout) as Shown).signatures).toHaveLength(2);
  });

  it("says of an image without a signature what notation says", async () => {
    const image = await pushImage(registry, "unsigned");
    for (const verb of ["list", "inspect"]) {
      const { code, stdout } = await ours(verb, image.pinned);
      expect({ code, stdout }).toMatchObject(
        await theirs(verb, image.pinned).then(({ code, stdout }) => ({ code, stdout })),
      );
    }
  });

  it("inspects to the members and values of `notation inspect -o json`", async () => {
    const image = await signedImage("inspected");
    const inspected = await ours("inspect", image.pinned, "--json");
    expect({ code: inspected.code, stderr: inspected.stderr }).toEqual({ code: 0, stderr: "" });
    const mine = JSON.parse(inspected.stdout) as Shown;
    // notation 1.3.2 writes this one name in upper case; later versions write it as its other names.
    const { Signatures, ...rest } = JSON.parse((await theirs("inspect", "-o", "json", image.pinned)).stdout);
    expect(mine).toMatchObject(rest);
    expect(mine.signatures).toHaveLength(3);
    expect(mine.signatures.map(normal)).toEqual(Signatures.map(normal));
    expect(mine.signatures).toContainEqual(
      expect.objectContaining({
        unsignedAttributes: expect.objectContaining({
          timestampSignature: { timestamp: expect.any(String), certificates: expect.any(Array) },
        }),
      }),
    );
  });

  it("inspects to the tree of `notation inspect`, whose order within attributes changes by chance", async () => {
    const image = await signedImage("tree");
    const { code, stdout, stderr } = await ours("inspect", image.pinned);
    expect(code).toBe(0);
    expect(stderr).toContain("breakwater verify");
    const shape = (text: string) => text.split("\n").map(withoutTime).map(depthAndText).sort();
    expect(shape(stdout)).toEqual(shape((await theirs("inspect", image.pinned)).stdout));
  });

  it("shows no signature without integrity, but all others, and says so with its exit code", async () => {
    const image = await pushImage(registry, "altered");
    const altered = await pushAltered(image, signer);
    await ours("sign", image.pinned, "--config", config);
    const { code, stdout, stderr } = await ours("inspect", image.pinned, "--json");
    const shown = JSON.parse(stdout) as Shown & { skipped: unknown[] };
    expect({ code, signatures: shown.signatures.length, skipped: shown.skipped }).toEqual({
      code: 1,
      signatures: 1,
      skipped: [{ digest: altered, code: "ENVELOPE_SIGNATURE_INVALID", message: expect.any(String) }],
    });
    expect(stderr).toContain("ENVELOPE_SIGNATURE_INVALID");
  });

  it("shows control characters of user metadata as text", async () => {
    const image = await pushImage(registry, "hostile");
    await ours("sign", image.pinned, "--config", config, "-m", "note=\u001b[2J\nsigned attributes");
    const { stdout } = await ours("inspect", image.pinned);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("note: \\u001b[2J\\u000asigned attributes");
  });
});

/** Times as instants, and Go's null as the empty thing that it stands for. */
function normal(signature: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(signature), (key, value) => {
    if (key === "userDefinedAttributes") return value ?? {};
    return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value).toISOString() : value;
  });
}

/** notation's text has other forms of times than its JSON. */
function withoutTime(line: string): string {
  return line.replace(/((?:signingTime|expiry|timestamp): ).*/, "$1TIME");
}

/** Whether a branch is the last one changes with the order, too. */
function depthAndText(line: string): string {
  const text = line.replace(/^[└├│─ ]*/, "");
  return `${(line.length - text.length) / 4} ${text}`;
}
