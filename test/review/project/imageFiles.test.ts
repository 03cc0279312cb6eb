import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { review } from "../../../components/review/review";
import { offlineRevocation } from "../../../scripts/commands/review/offline";
import { readSettings } from "../../../stacks/reviewSettings";
import { Project } from "./support";

const CONFIG = "stacks/Pulumi.production.yaml";
const example = readFileSync(join(__dirname, "../../../stacks/Pulumi.harbor-example.yaml"), "utf8");
const configOf = (build: string) => example.replace(/build: .*/, `build: ${build}`);

let project: Project;
beforeEach(() => {
  project = new Project().write({
    "Pulumi.yaml": "name: breakwater\n",
    [CONFIG]: configOf("./apps/web/"),
    "apps/web/Dockerfile": "FROM alpine:3.19\n",
    "apps/web/index.html": "one\n",
    "docs/site/Dockerfile": "FROM alpine:3.19\n",
  });
});
afterEach(() => project.remove());

/** What the review of a change says. */
async function sentences(files: Parameters<Project["write"]>[0]): Promise<string[]> {
  const base = project.commit();
  const head = project.write(files).commit();
  const at = new Date();
  const report = await review({
    base,
    head,
    readSettings,
    inventories: [],
    at,
    today: at,
    revocation: offlineRevocation,
  });
  return report.semantic.map(({ kind, sentence }) => `${kind}: ${sentence}`);
}

const WEB =
  'In production, what is signed as the image "net-monitor" (myharbor-registry.online/notation-project/net-monitor:v1) changes';

describe("the files of a project that an image is made from", () => {
  it("are told as the image's, also what would be a document elsewhere, and not as the program's", async () => {
    expect(await sentences({ "apps/web/Dockerfile": "FROM alpine:3.20\n", "apps/web/index.html": "two\n" })).toEqual([
      `image-content-changed: ${WEB}: the change edits 2 files in apps/web, which it is made from.`,
    ]);
  });

  it("are told where documents are, and beside files of the program", async () => {
    project.write({ [CONFIG]: configOf("{context: docs/site, dockerfile: Dockerfile}") });
    expect(await sentences({ "docs/site/Dockerfile": "FROM x\n", "docs/a.md": "a\n", "apps/websites": "a\n" })).toEqual(
      [
        expect.stringContaining("program-changed: The change edits 1 file of the program itself (in apps)"),
        `image-content-changed: ${WEB}: the change edits 1 file in docs/site, which it is made from.`,
      ],
    );
  });

  it("are the program's where a head calls them an image's, and the base does not", async () => {
    project.write({ "scripts/start.mjs": "one\n" });
    expect(await sentences({ [CONFIG]: configOf("scripts"), "scripts/start.mjs": "two\n" })).toEqual([
      expect.stringContaining("is built from scripts from now on"),
      expect.stringContaining("program-changed: The change edits 1 file of the program itself (in scripts)"),
    ]);
  });

  it("are not told a second time where the config says that it is made from them from now on", async () => {
    const told = await sentences({ [CONFIG]: configOf("docs/site"), "docs/site/Dockerfile": "FROM x\n" });
    expect(told).toEqual([expect.stringContaining("is built from docs/site from now on")]);
  });
});

describe("a Git URL with a login in it", () => {
  it("is refused as an up refuses it, and shown nowhere", async () => {
    const told = await sentences({ [CONFIG]: configOf("https://bot:hunter2@git.example.com/acme/web.git#main") });
    expect(told).toEqual([
      expect.stringContaining("trust-unreadable: In production, the config of head cannot be read"),
    ]);
    expect(told.join()).not.toContain("hunter2");
  });
});

describe("a config that can't be read", () => {
  it.each([
    ['  breakwater:adminPassword: "hunter2" x\n', " at line 5, column "],
    ["  breakwater:adminPasword: hunter2\n", "adminPasword: is not known here"],
  ])("is told in one line, with nothing of a password in it: %j", async (line, why) => {
    const told = await sentences({ [CONFIG]: configOf("apps/web").replace(/^config:\n/m, `config:\n${line}`) });
    expect(told).toEqual([expect.stringMatching(/^trust-unreadable: In production, .*$/)]);
    expect(told.join()).toContain(why);
    expect(told.join()).not.toMatch(/hunter2|\n/);
  });
});
