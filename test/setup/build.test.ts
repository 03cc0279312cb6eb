import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { build, buildIsCurrent } from "../../scripts/setup/build.mjs";
import { repository, runModule, silent, smallProject } from "./support";

const compiled = (root: string) => join(root, "bin", "components", "one.js");

describe("the build", () => {
  test("is current until a source, the configuration or the lockfile changes", async () => {
    const root = smallProject();
    expect(buildIsCurrent(root)).toBe(false);
    await build(root, silent);
    expect(buildIsCurrent(root)).toBe(true);
    for (const file of ["components/one.ts", "tsconfig.json", "package-lock.json"]) {
      const before = readFileSync(join(root, file));
      writeFileSync(join(root, file), `${before}\n`);
      expect(buildIsCurrent(root), file).toBe(false);
      writeFileSync(join(root, file), before);
      expect(buildIsCurrent(root), file).toBe(true);
    }
    writeFileSync(join(root, "components", "two.ts"), "");
    expect(buildIsCurrent(root)).toBe(false);
  });

  test("clears what no source makes any more, and leaves nothing else behind", async () => {
    const root = smallProject();
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin", "stale.js"), "");
    mkdirSync(join(root, ".breakwater", "build-1"), { recursive: true });
    await build(root, silent);
    expect(readdirSync(join(root, "bin")).sort()).toEqual([".stamp", "components"]);
    expect(readdirSync(join(root, ".breakwater"))).toEqual([]);
  });

  test("writes source maps that lead to the sources", async () => {
    const root = smallProject();
    await build(root, silent);
    const map = JSON.parse(readFileSync(`${compiled(root)}.map`, "utf8"));
    expect(resolve(root, "bin", "components", map.sources[0])).toBe(join(root, "components", "one.ts"));
  });

  test("keeps the old result when the sources do not compile", async () => {
    const root = smallProject();
    await build(root, silent);
    writeFileSync(join(root, "components", "one.ts"), 'export const one: number = "1";\n');
    await expect(build(root, silent)).rejects.toMatchObject({ name: "SetupError", code: "COMPILE_FAILED" });
    expect(existsSync(compiled(root))).toBe(true);
    expect(buildIsCurrent(root)).toBe(false);
  });

  test("keeps the old result when it is killed in the middle, and the next build succeeds", async () => {
    const root = smallProject();
    await build(root, silent);
    const before = readFileSync(compiled(root));
    writeFileSync(join(root, "components", "one.ts"), "export const one: number = 2;\n");
    // A compiler that has written a part of its output and does not end.
    const compiler = join(root, "node_modules", "typescript");
    rmSync(compiler);
    mkdirSync(join(compiler, "bin"), { recursive: true });
    writeFileSync(
      join(compiler, "bin", "tsc"),
      `const out = process.argv[process.argv.indexOf("--outDir") + 1];
       require("node:fs").writeFileSync(out + "/half.js", String(process.pid));
       setTimeout(() => {}, 20000);`,
    );
    const module = JSON.stringify(join(root, "scripts", "setup", "build.mjs"));
    const { child, ended } = runModule(`
      import { build } from ${module};
      build(${JSON.stringify(root)}, { note() {}, task: () => ({ update() {}, end() {} }) });`);
    const half = join(root, ".breakwater", `build-${child.pid}`, "half.js");
    await expect.poll(() => existsSync(half) && readFileSync(half, "utf8"), { timeout: 10_000 }).toMatch(/\d+/);
    child.kill("SIGKILL");
    await ended;
    process.kill(Number(readFileSync(half, "utf8")), "SIGKILL");
    expect(readFileSync(compiled(root))).toEqual(before);
    expect(existsSync(join(root, "bin", "half.js"))).toBe(false);
    expect(buildIsCurrent(root)).toBe(false);

    rmSync(compiler, { recursive: true });
    symlinkSync(join(repository, "node_modules", "typescript"), compiler);
    await build(root, silent);
    expect(readFileSync(compiled(root), "utf8")).toContain("2");
    expect(readdirSync(join(root, ".breakwater"))).toEqual([]);
  });
});
