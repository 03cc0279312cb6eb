import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../scripts/commands/summary";
import { copyProject, type ProjectCopy, type Result } from "../support/project";
import { filesBelow, LOCAL, listedByNotation, notation, prove, registryPassword } from "./support";

const run = promisify(execFile);
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const NO_CHANGES = { create: 0, update: 0, delete: 0, same: 17 };

let project: ProjectCopy;
let first: Result;
let summary: Summary;
const commandLines = new Set<string>();

beforeAll(async () => {
  project = await copyProject("a project"); // the space has to be quoted in the printed command
  const git = (...args: string[]) => run("git", args, { cwd: project.directory });
  await git("init", "--quiet");
  await git("add", "--all");
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  await git(...author, "commit", "--quiet", "--message=all");

  const running = project.spawn(["start", "--silent", "--", "--json"]);
  const watch = setInterval(async () => {
    for (const { command } of await project.processes()) commandLines.add(command);
  }, 100);
  first = await running.result.finally(() => clearInterval(watch));
  summary = JSON.parse(first.stdout || "{}") as Summary;
});
afterAll(() => project?.remove());

describe("the first `npm start`", () => {
  it("succeeds, and prints JSON alone in exactly the documented shape", () => {
    expect(first.code, first.stderr).toBe(0);
    const host = new URL(summary.registry).host;
    expect(summary).toStrictEqual({
      registry: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      certificate: { issuer: expect.stringContaining("Pebble"), notAfter: expect.any(String) },
      image: {
        reference: `${host}/notation-project/net-monitor@${summary.image.digest}`,
        digest: expect.stringMatching(DIGEST),
      },
      signature: { digest: expect.stringMatching(DIGEST) },
      signer: {
        subject: expect.stringContaining("CN=wabbit-networks.io"),
        thumbprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      verdict: "verified",
      trustDirectory: project.path(LOCAL, "trust"),
      verifyCommand: expect.stringContaining(summary.image.reference),
      changes: { create: 17, update: 0, delete: 0, same: 0 },
    });
    expect(Date.parse(summary.certificate.notAfter)).toBeGreaterThan(Date.now());
  });

  it("prints a command with which notation verifies the image", async () => {
    expect(await prove(summary)).toContain(summary.image.digest);
  });

  it("attaches exactly one signature, which notation lists and inspects", async () => {
    expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
    expect(await notation(project, "inspect", summary.image.reference)).toContain(summary.signature.digest);
  });

  it("leaves git clean", async () => {
    const { stdout } = await run("git", ["status", "--porcelain"], { cwd: project.directory });
    expect(stdout).toBe("");
  });

  it("lets nobody else read private keys and passwords", async () => {
    const files = await filesBelow(project.path(LOCAL));
    const secret = files.filter((file) => /(\.key|key\.pem|htpasswd|docker\/config\.json|service\.log)$/.test(file));
    secret.push(project.path(".breakwater/passphrase"));
    expect(secret.length).toBeGreaterThanOrEqual(7);
    const holders = [];
    for (const file of files) if ((await readFile(file, "latin1")).includes("PRIVATE KEY")) holders.push(file);
    expect(holders.length).toBeGreaterThanOrEqual(3);
    for (const file of [...secret, ...holders]) expect((await stat(file)).mode & 0o777, file).toBe(0o600);
  });

  it("keeps keys and the password out of the state, the logs, the output and every command line", async () => {
    const password = await registryPassword(project);
    expect(password.length).toBeGreaterThan(20);
    const base64 = (text: string) => Buffer.from(text).toString("base64").replace(/=+$/, "");
    const forbidden = ["PRIVATE KEY", base64("-----BEGIN PRIVATE KEY"), password, base64(password)];
    forbidden.push(base64(`breakwater:${password}`), await readFile(project.path(".breakwater/passphrase"), "utf8"));

    const state = await filesBelow(project.path(".breakwater/state"));
    const logs = await filesBelow(project.path(".breakwater/pulumi-home"));
    logs.push(project.path(LOCAL, "registry/service.log"), project.path(LOCAL, "pebble/service.log"));
    expect(state.some((file) => file.endsWith("local.json"))).toBe(true);
    for (const file of [...state, ...logs]) {
      const text = await readFile(file, "latin1");
      for (const secret of forbidden) expect(text.includes(secret), file).toBe(false);
    }
    expect([...commandLines].some((command) => command.startsWith("breakwater-registry@"))).toBe(true);
    expect([...commandLines].some((command) => command.includes("pulumi"))).toBe(true);
    const said = [...commandLines, first.stdout, first.stderr].join("\n");
    for (const secret of forbidden) expect(said.includes(secret)).toBe(false);
  });
});

describe("the next `npm start`", () => {
  it("would change nothing, says its preview", async () => {
    expect(await project.preview()).toEqual({ changes: NO_CHANGES, resources: [] });
  });

  it("changes nothing, and yields the same", async () => {
    expect(await project.json()).toStrictEqual({ ...summary, changes: NO_CHANGES });
    expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
  });

  it("says so to a person", async () => {
    const { code, stdout } = await project.start();
    expect(code).toBe(0);
    expect(stdout).toContain("No changes");
    expect(stdout).toContain(summary.verifyCommand);
  });

  it("is not led astray by what was exported for other stacks, or by a proxy", async () => {
    const proxy = "http://127.0.0.1:9"; // nobody listens there
    const env = {
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_BACKEND_URL: "file:///nowhere",
      PULUMI_STACK: "production",
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      http_proxy: proxy,
    };
    await project.killService("pebble");
    const { code, stdout } = await project.run(["start", "--silent", "--", "--json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "verified", changes: { create: 0, update: 1, delete: 0 } });
  });
});
