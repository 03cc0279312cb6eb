import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { changedFiles, programChanged } from "../../../components/review/project/program";
import type { ReviewedSide } from "../../../components/review/review";
import { Project } from "./support";

const FILES = {
  "Pulumi.yaml": "name: breakwater\n",
  "README.md": "one\n",
  "package.json": "{}\n",
  "components/review/rules.ts": "one\n",
  "components/review/rules.test.ts": "one\n",
  "scripts/start.mjs": "one\n",
  "stacks/harbor.ts": "one\n",
  "stacks/Pulumi.production.yaml": "config: {}\n",
  "stacks/rules.yaml": "rules: {}\n",
  "stacks/production/trust/trustpolicy.json": "{}\n",
  "test/one.ts": "one\n",
  ".gitattributes": "* text=auto\n",
};
const projects: Project[] = [];
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

function projectOf(...args: ConstructorParameters<typeof Project>): Project {
  const project = new Project(...args);
  projects.push(project);
  return project.write(FILES);
}

const sentences = (base: ReviewedSide, head: ReviewedSide) =>
  programChanged(changedFiles(base.program, head.program)).map(({ sentence }) => sentence);
const SAYS = "This review looks at trust and config, and not at code";

describe("a change of the program", () => {
  it.each(["", "platform/breakwater"])("is one finding, of two commits and of a folder, in %j", (place) => {
    const project = projectOf(place);
    const base = project.commit();
    project.write({ "components/review/rules.ts": "two\n", "scripts/start.mjs": undefined, "lib/new.ts": "one\n" });
    const expected = expect.stringContaining("edits 3 files of the program itself (in components, lib and scripts)");
    expect(sentences(base, project.working())).toEqual([expected]);
    const head = project.commit();
    expect(sentences(base, head)).toEqual([expected]);
    expect(sentences(head, base)).toEqual([expect.stringContaining(SAYS)]);
    expect(sentences(head, project.working())).toEqual([]);
    expect(programChanged(changedFiles(base.program, head.program))).toMatchObject([
      { kind: "program-changed", severity: "medium", direction: "neutral", stack: "" },
    ]);
  });

  it("is none of what git is told to ignore in the working folder", () => {
    const project = projectOf().write({ ".gitignore": ".env\n*.log\nout/\n" });
    const base = project.commit();
    project.write({ ".env": "one\n", "scripts/run.log": "one\n", "out/a": "one\n", "stacks/out/b": "one\n" });
    expect(sentences(base, project.working())).toEqual([]);
    project.write({ "scripts/more.mjs": "one\n" });
    expect(sentences(base, project.working())).toEqual([expect.stringContaining("1 file of the program itself")]);
  });

  it.each(["package.json", ".npmrc", ".github/workflows/trust-review.yml", "stacks/harbor.ts", ".gitattributes"])(
    "is seen in %s",
    (path) => {
      const project = projectOf();
      const base = project.commit();
      expect(sentences(base, project.write({ [path]: "two\n" }).commit())).toEqual([expect.stringContaining(SAYS)]);
    },
  );

  it("is not what changes in trust, config, documents and tests", () => {
    const project = projectOf();
    const base = project.commit();
    project.write({
      "README.md": "two\n",
      "components/README.md": "two\n",
      "components/review/rules.test.ts": "two\n",
      "docs/logo.svg": "two\n",
      "test/one.ts": "two\n",
      "stacks/Pulumi.production.yaml": "config: {a: b}\n",
      "stacks/rules.yaml": "rules: {strict: true}\n",
      "stacks/exceptions.yaml": "exceptions: []\n",
      "stacks/production/trust/trustpolicy.json": "[]\n",
      "Pulumi.yaml": "name: other\n",
    });
    expect(sentences(base, project.working())).toEqual([]);
    expect(sentences(base, project.commit())).toEqual([]);
  });

  it("is not what is built and installed in a folder; in a commit it is", () => {
    const project = projectOf();
    const base = project.commit();
    project.write({ "bin/stacks/index.js": "one\n", "node_modules/a/index.js": "one\n", ".breakwater/x": "one\n" });
    expect(sentences(base, project.working())).toEqual([]);
    expect(sentences(base, project.commit())).toEqual([
      expect.stringContaining("edits 3 files of the program itself (in .breakwater, bin and node_modules)"),
    ]);
  });

  it("is told by git's own ids, of links and in a repository with SHA-256 as well", () => {
    const project = projectOf("", "sha256");
    symlinkSync("start.mjs", join(project.folder, "scripts/link.mjs"));
    const base = project.commit();
    expect(base.commit).toHaveLength(64);
    expect(sentences(base, project.working())).toEqual([]);
    expect(sentences(base, project.write({ "scripts/start.mjs": "two\n" }).working())).toHaveLength(1);
  });

  it("is nothing where a side is no project", () => {
    const project = projectOf();
    expect(changedFiles(project.commit().program, undefined)).toEqual([]);
  });
});
