import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { dynamic, runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { handlers } from "../../components/handlers";
import type * as compiled from "../../components/provider/lazyProvider";
import { projectRoot } from "../support/tools";

// What the engine stores of a dynamic resource. The compiled provider is serialised, since that is what ends up in state.

const GOLDEN = join(__dirname, "lazyProvider.golden.txt");
const BYTES_MAX = 2355;
const KIND = "KIND";
const kinds = Object.keys(handlers);
const requireCompiled = createRequire(join(projectRoot, "bin", "components", "provider", "lazyProvider.js"));

interface Registered {
  text: string;
  isSecret: boolean;
}

class Probe extends dynamic.Resource {}

/** Registers a resource of each kind, and what the SDK sends for `__provider`. */
async function register(kind: string): Promise<Registered> {
  const { lazyProvider } = requireCompiled("./lazyProvider") as typeof compiled;
  const provider = lazyProvider(kind);
  const text = new Promise<string>((resolve) => {
    runtime.setMocks({
      newResource: ({ inputs }) => {
        resolve(inputs.__provider);
        return { id: "id", state: inputs };
      },
      call: ({ inputs }) => inputs,
    });
  });
  new Probe(provider, "name", {}, undefined, "breakwater", "Kind");
  const { containsSecrets } = await runtime.serializeFunction(() => provider, { allowSecrets: true });
  return { text: await text, isSecret: containsSecrets };
}

describe("the serialised provider", () => {
  const registered = new Map<string, Registered>();
  beforeAll(async () => {
    for (const kind of kinds) registered.set(kind, await register(kind));
  });
  const textOf = (kind: string) => registered.get(kind)?.text ?? "";

  it("is the golden text for every kind, but for the kind's own word", () => {
    const golden = readFileSync(GOLDEN, "utf8");
    expect(kinds.length).toBeGreaterThan(0);
    for (const kind of kinds) expect(textOf(kind).replaceAll(`"${kind}"`, `"${KIND}"`)).toBe(golden);
  });

  it.each(kinds)("of %s has at most 2.3 KiB", (kind) => {
    expect(Buffer.byteLength(textOf(kind))).toBeGreaterThan(0);
    expect(Buffer.byteLength(textOf(kind))).toBeLessThanOrEqual(BYTES_MAX);
  });

  it.each(kinds)("of %s has no path of this machine and no secret", (kind) => {
    const text = textOf(kind);
    expect(text).not.toContain(projectRoot);
    if (homedir() !== "/") expect(text).not.toContain(homedir());
    // A string that begins with a slash, or a drive.
    expect(text).not.toMatch(/["'`](\/\w|[A-Za-z]:[\\/])/);
    expect(registered.get(kind)?.isSecret).toBe(false);
  });

  it("is the same text when it is serialised again", async () => {
    expect((await register("registry")).text).toBe(textOf("registry"));
  });
});

describe("the compiled handlers", () => {
  /** Plain node, in the folder where the provider's process runs, and the very expression of the provider. */
  const inProviderProcess = async (expression: string): Promise<unknown> => {
    const script = `
      const requireHere = require("node:module").createRequire(process.cwd() + "/");
      Promise.resolve(${expression}).then((value) => console.log(JSON.stringify(value)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", script], {
      cwd: join(projectRoot, "bin", "stacks"),
      env: { PATH: process.env.PATH ?? "", HOME: homedir() },
    });
    return JSON.parse(stdout);
  };

  it("are resolved to our own package and nothing below node_modules", async () => {
    expect(await inProviderProcess(`requireHere.resolve("breakwater/handlers")`)).toBe(
      join(projectRoot, "bin", "components", "handlers.js"),
    );
  });

  it("load in plain node, with the seven methods of each kind", async () => {
    const methods = `Object.fromEntries(Object.entries(requireHere("breakwater/handlers").handlers)
      .map(([kind, handler]) => [kind, Object.keys(handler).sort()]))`;
    const seven = ["check", "configure", "create", "delete", "diff", "read", "update"];
    expect(await inProviderProcess(methods)).toEqual(Object.fromEntries(kinds.map((kind) => [kind, seven])));
  });

  it("do not load the Pulumi SDK", async () => {
    const loaded = `(requireHere("breakwater/handlers"), Object.keys(require.cache))`;
    const files = (await inProviderProcess(loaded)) as string[];
    expect(files.some((file) => file.endsWith("handlers.js"))).toBe(true);
    expect(files.filter((file) => file.includes(join("node_modules", "@pulumi")))).toEqual([]);
  });

  it("take the stack's config in plain node", async () => {
    const configured = `requireHere("breakwater/handlers").handlers.registry
      .configure({ config: { get: (key) => key === "breakwater:adminPassword" ? "word" : undefined } })
      .then(() => requireHere("../components/provider/configuration").configuredSecret("adminPassword"))`;
    expect(await inProviderProcess(configured)).toBe("word");
  });

  it("run in plain node: a source that does not exist is a failure of that property", async () => {
    const failure = `requireHere("breakwater/handlers").handlers.pushedImage
      .check({}, { source: "no/such/image", __provider: "text" })`;
    expect(await inProviderProcess(failure)).toMatchObject({ failures: [{ property: "source" }] });
  });
});
