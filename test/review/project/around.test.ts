import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkoutChanged } from "../../../components/review/project/checkout";
import { projectChanged } from "../../../components/review/project/projectFile";
import { readState } from "../../../components/review/state/readState";
import { readSettings } from "../../../stacks/reviewSettings";
import { Project } from "./support";

const PROJECT = "name: breakwater\nmain: bin/stacks\nstackConfigDir: stacks\n";
let project: Project;
beforeEach(() => {
  project = new Project().write({ "Pulumi.yaml": PROJECT, ".gitattributes": "* text=auto eol=lf\n" });
});
afterEach(() => project.remove());

describe("the project's own settings", () => {
  const settings = (text: string) => {
    project.write({ "Pulumi.yaml": `${PROJECT}${text}`, "stacks/production/trust/trustpolicy.json": "{}" });
    return readState(project.commit().tree, "head", readSettings).stacks.get("production")?.settings;
  };

  it.each([
    "config:\n  breakwater:projects[0].public: true\n",
    "config:\n  hostname: {value: other.example.com}\n",
    "config: [a]\n",
  ])("are a problem of each stack, since the engine puts them beneath its config: %j", (text) => {
    expect(settings(text)).toMatchObject({ problem: { code: "PROJECT_CONFIG", file: "Pulumi.yaml" } });
  });

  it("that are none are no problem, and neither are those of a folder that is no project", () => {
    for (const text of ["", "config:\n"]) expect(settings(text)).toBeUndefined();
    expect(settings("config: &a {}\nx: *a\n")).toMatchObject({ problem: { file: "Pulumi.yaml" } });
  });
});

describe("the project file", () => {
  const changes = (files: Parameters<Project["write"]>[0]) => {
    const base = project.commit();
    return projectChanged(base.tree, project.write(files).commit().tree);
  };

  it.each([
    ["main", PROJECT.replace("bin/stacks", "elsewhere")],
    ["stackConfigDir", PROJECT.replace("Dir: stacks", "Dir: other")],
    ["plugins and packages", `${PROJECT}plugins: {providers: []}\npackages: {a: b}\n`],
    ["config", `${PROJECT}config: {hostname: other.example.com}\n`],
    ["it can't be read", `${PROJECT}x: {`],
  ])("that changes in what leads elsewhere is told: %s", (what, text) => {
    expect(changes({ "Pulumi.yaml": text })).toMatchObject([
      { kind: "project-changed", severity: "high", sentence: expect.stringContaining(`Pulumi.yaml (${what}`) },
    ]);
  });

  it("that is too large to be read is told, and hides nothing else", () => {
    expect(changes({ "Pulumi.yaml": `${PROJECT}#${"x".repeat(2 * 1024 * 1024)}` })).toMatchObject([
      { subject: "Pulumi.yaml", sentence: expect.stringContaining("it can't be read") },
    ]);
  });

  it("that changes in form, or in words for people, has no finding", () => {
    expect(changes({ "Pulumi.yaml": `# a comment\ndescription: other\n${PROJECT}` })).toEqual([]);
  });

  it("that another one goes before is told", () => {
    expect(changes({ "Pulumi.json": "{}" })).toMatchObject([{ subject: "Pulumi.json" }]);
    expect(changes({ "Pulumi.yaml": undefined, "Pulumi.json": "{}" })).toMatchObject([{ subject: "Pulumi.yaml" }]);
  });
});

describe("how git writes trust to disk", () => {
  const changes = (files: Parameters<Project["write"]>[0]) => {
    const base = project.commit();
    return checkoutChanged(base.tree, project.write(files).commit().tree, "stacks");
  };

  it.each([
    [".gitattributes", "stacks/** working-tree-encoding=UTF-7"],
    ["stacks/.gitattributes", "*.json filter=swap"],
    ["stacks/production/trust/.gitattributes", "trustpolicy.json ident"],
    [".gitattributes", "[attr]harmless filter=swap"],
    [".gitattributes", "stacks/** harmless"],
  ])("is told where %s has %j", (file, line) => {
    expect(changes({ [file]: `* text=auto eol=lf\n${line}\n` })).toMatchObject([
      { kind: "checkout-changed", severity: "high", subject: file, sentence: expect.stringContaining(`"${line}"`) },
    ]);
  });

  it("is told of a file that is too large to be read", () => {
    const text = `#${"x".repeat(2 * 1024 * 1024)}\n`;
    for (const file of [".gitattributes", "stacks/.gitattributes"]) {
      expect(changes({ [file]: text })).toMatchObject([{ subject: file, sentence: expect.stringContaining("bytes") }]);
    }
  });

  it("is not told of ends of lines and diffs, of what was there, and of folders without trust", () => {
    const lines = "# filter=x\n*.png binary\n*.ts -text diff=x linguist-generated merge=union\n*.json eol=crlf";
    expect(changes({ ".gitattributes": lines, "components/.gitattributes": "* ident" })).toEqual([]);
    project.write({ ".gitattributes": "* ident" });
    expect(changes({ ".gitattributes": "* text\n* ident\n" })).toEqual([]);
  });
});
