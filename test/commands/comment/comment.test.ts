import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COMMENT_MARKER } from "../../../components/review/report/markdown";
import { comment } from "../../../scripts/commands/comment";
import { Forge, TOKEN } from "./forge";

const REPORT = `${COMMENT_MARKER}\n## Trust review\n\nNobody may sign more than before.\n`;
const OLDER = `${COMMENT_MARKER}\n## Trust review\n\nOf yesterday.\n`;

let directory: string;
let file: string;
let forge: Forge;
let written: { stdout: string; stderr: string };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-comment-"));
  file = join(directory, "review.md");
  await writeFile(file, REPORT);
  forge = await new Forge().start();
  written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  }
  vi.stubEnv("GITHUB_TOKEN", TOKEN);
  vi.stubEnv("GITLAB_TOKEN", TOKEN);
});
afterEach(async () => {
  // Whatever happened, nobody was shown the token.
  expect(written.stdout + written.stderr).not.toContain(TOKEN);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  forge.stop();
  await rm(directory, { recursive: true, force: true });
});

type Host = "github" | "gitlab";
const OF: Readonly<Record<Host, readonly string[]>> = {
  github: ["--github", "acme/shop", "--pull", "7"],
  gitlab: ["--gitlab", "acme/shop", "--merge-request", "7"],
};
const run = (host: Host, ...more: string[]) =>
  comment(["--file", file, "--api", forge.api(host), ...OF[host], ...more]);
const bodies = () => forge.comments.map(({ body }) => body);

async function expectError(work: Promise<number>, code: string, exit = 1): Promise<void> {
  expect(await work, written.stderr).toBe(exit);
  expect(written.stderr).toMatch(new RegExp(`\\[${code}\\]\\n$`));
  expect(written.stdout).toBe("");
}

describe.each(["github", "gitlab"] as const)("a comment on %s", (host) => {
  it("is created, and updated the next time", async () => {
    forge.add("somebody", "Looks fine.");
    expect(await run(host), written.stderr).toBe(0);
    expect(bodies()).toEqual(["Looks fine.", REPORT]);
    await writeFile(file, OLDER);
    expect(await run(host), written.stderr).toBe(0);
    expect(bodies()).toEqual(["Looks fine.", OLDER]);
  });

  it("is found on a later page", async () => {
    for (let number = 0; number < 120; number += 1) forge.add("somebody", `remark ${number}`);
    forge.add("reviewer", OLDER);
    expect(await run(host), written.stderr).toBe(0);
    expect(forge.comments).toHaveLength(121);
    expect(bodies().at(-1)).toBe(REPORT);
  });

  it("is found when pages are shorter than asked for", async () => {
    forge.pageMax = 20;
    for (let number = 0; number < 50; number += 1) forge.add("somebody", `remark ${number}`);
    forge.add("reviewer", OLDER);
    expect(await run(host), written.stderr).toBe(0);
    expect(forge.comments).toHaveLength(51);
  });

  it("ends with a link to the run, when it is told", async () => {
    expect(await run(host, "--artifacts", "https://forge.test/acme/shop/runs/7"), written.stderr).toBe(0);
    expect(bodies()[0]).toMatch(/\n\n[^\n]*\[this run\]\(https:\/\/forge\.test\/acme\/shop\/runs\/7\)\.\n$/);
    expect(bodies()[0]?.startsWith(REPORT.trimEnd())).toBe(true);
  });

  it("is never another's, nor one that only quotes the marker", async () => {
    forge.add("somebody", OLDER);
    forge.add("reviewer", `> ${OLDER}`);
    expect(await run(host), written.stderr).toBe(0);
    expect(bodies()).toEqual([OLDER, `> ${OLDER}`, REPORT]);
  });

  it("is created again when it was deleted meanwhile", async () => {
    const older = forge.add("reviewer", OLDER);
    const update = host === "github" ? `PATCH /comments/${older.id}` : `PUT /notes/${older.id}`;
    forge.refuse(update, { status: 404, body: '{"message":"Not Found"}', meanwhile: () => forge.comments.splice(0) });
    expect(await run(host), written.stderr).toBe(0);
    expect(bodies()).toEqual([REPORT]);
    expect(forge.log.at(-1)).toMatch(/^POST /);
  });

  it("comes when the server recovers, or is less busy, and only once when an answer was lost", async () => {
    const thread = host === "github" ? "/comments" : "/notes";
    forge.refuse(`GET ${thread}`, { status: 502 });
    forge.refuse(`POST ${thread}`, { status: 429, headers: { "retry-after": "0" } });
    forge.refuse(`POST ${thread}`, { status: 403, headers: { "retry-after": "0" } });
    forge.refuse(`POST ${thread}`, { status: 503, afterWork: true });
    expect(await run(host), written.stderr).toBe(0);
    expect(bodies()).toEqual([REPORT]);
  });

  it.each([
    [403, {}, "API_FORBIDDEN"],
    [404, {}, "API_NOT_FOUND"],
    [422, {}, "API_REFUSED"],
    [403, { "x-ratelimit-remaining": "0" }, "API_RATE_LIMITED"],
    [403, { "retry-after": "3600" }, "API_RATE_LIMITED"],
    [429, { "retry-after": "3600" }, "API_RATE_LIMITED"],
    [301, { location: "/elsewhere" }, "API_REFUSED"],
  ] as const)("fails with a code: %i %j", async (status, headers, code) => {
    const thread = host === "github" ? "/comments" : "/notes";
    const refusal = { status, headers, body: JSON.stringify({ message: `no, ${TOKEN}` }) };
    for (let time = 0; time < 3; time += 1) forge.refuse(`POST ${thread}`, refusal);
    await expectError(run(host), code);
    expect(forge.comments).toEqual([]);
  });

  it("fails with a code when the token is wrong, there is none, or it is none", async () => {
    const name = host === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
    vi.stubEnv(name, "another");
    await expectError(run(host), "API_UNAUTHORIZED");
    for (const none of ["", "two words"]) {
      vi.stubEnv(name, none);
      await expectError(run(host), "TOKEN_MISSING");
    }
  });

  it("fails when the server is away or none", async () => {
    forge.refuse("GET /user", { status: 200, body: "<html>" });
    await expectError(run(host), "API_ANSWER_INVALID");
    const gone = run(host);
    forge.stop();
    await expectError(gone, "API_UNAVAILABLE");
  });
});

describe("a workflow's own token", () => {
  it("comments as a bot: a person's comment is left alone", async () => {
    forge.login = "bot";
    forge.add("somebody", OLDER);
    for (let time = 0; time < 2; time += 1) expect(await run("github"), written.stderr).toBe(0);
    expect(bodies()).toEqual([OLDER, REPORT]);
  });
});

describe("the report", () => {
  it("is what review wrote: no other text, no binary, no command, no link, no pipe, nothing huge", async () => {
    const as = async (content: string | Buffer) => {
      await writeFile(file, content);
      return run("github");
    };
    await expectError(as("LGTM"), "REPORT_NOT_A_REVIEW");
    await expectError(as(`${REPORT}\0`), "REPORT_NOT_A_REVIEW");
    await expectError(as(`${REPORT}\n/merge\n`), "REPORT_NOT_A_REVIEW");
    await expectError(as(Buffer.concat([Buffer.from(REPORT), Buffer.of(0xff)])), "REPORT_NOT_A_REVIEW");
    await expectError(as(REPORT + "x".repeat(65_536)), "REPORT_TOO_LARGE");
    await expectError(as(REPORT + "x".repeat(5_000_000)), "REPORT_TOO_LARGE");
    const secret = join(directory, "secret");
    await writeFile(secret, REPORT);
    await rm(file);
    await expectError(run("github"), "REPORT_UNREADABLE");
    await symlink(secret, file);
    await expectError(run("github"), "REPORT_UNREADABLE");
    await rm(file);
    execFileSync("mkfifo", [file]);
    await expectError(run("github"), "REPORT_UNREADABLE");
    await rm(file);
    await expectError(comment(["--file", directory, ...OF.github]), "REPORT_UNREADABLE");
    expect(forge.comments).toEqual([]);
  });
});

describe("the options", () => {
  it.each([
    [["--github", "acme/shop", "--pull", "7"]],
    [["--file", "f"]],
    [["--file", "f", "--github", "acme/shop", "--gitlab", "acme/shop"]],
    [["--file", "f", "--github", "acme/shop"]],
    [["--file", "f", "--github", "acme/../shop", "--pull", "7"]],
    [["--file", "f", "--github", "acme/shop", "--pull", "7/../8"]],
    [["--file", "f", "--github", "acme/shop", "--pull", "7", "--workflow-run", "f"]],
    [["--file", "f", "--gitlab", "acme/shop", "--pull", "7"]],
    [["--file", "f", "--github", "acme/shop", "--pull", "7", "--artifacts", "https://x.example/) @team ("]],
    [["--file", "f", "--github", "acme/shop", "--pull", "7", "--api", "http://api.example.com"]],
    [["--file", "f", "--github", "acme/shop", "--pull", "7", "--api", "https://user:password@api.example.com"]],
  ])("are refused before anything is sent: %j", async (args) => {
    await expectError(comment(args), "USAGE", 2);
  });

  it("are shown", async () => {
    expect(await comment(["--help"])).toBe(0);
    expect(written.stdout).toContain("Exit codes:");
  });
});
