import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type * as paths from "../../components/files/paths";
import { projectRoot, resolvePath } from "../../components/files/paths";

describe("a path in state", () => {
  it("is relative to the folder of Pulumi.yaml, wherever the process runs", () => {
    expect(existsSync(join(projectRoot, "Pulumi.yaml"))).toBe(true);
    const before = process.cwd();
    process.chdir("/");
    try {
      expect(resolvePath("a/b")).toBe(join(projectRoot, "a", "b"));
    } finally {
      process.chdir(before);
    }
  });

  it("may be absolute", () => {
    expect(resolvePath("/somewhere/else")).toBe("/somewhere/else");
  });

  it("is the same for the compiled code", () => {
    const compiled = createRequire(join(projectRoot, "bin/components/files/"))("./paths") as typeof paths;
    expect(compiled.projectRoot).toBe(projectRoot);
  });
});
