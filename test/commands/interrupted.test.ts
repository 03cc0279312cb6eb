import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../components/review/report/report";
import { type Scripted, sendErrors, startScripted } from "../oci/scripted";
import { goodRoot } from "../support/certificates";
import { projectRoot } from "../support/tools";
import { Workspace } from "./support";

// Ctrl-C while a slow registry is read, in a process of its own.

const TAGS = 5_000;
const ANSWER_MS = 100;

let workspace: Workspace;
let scripted: Scripted;
beforeAll(async () => {
  [workspace, scripted] = await Promise.all([Workspace.make(), startScripted()]);
  await workspace.config("trust", { trusted: { certificate: (await goodRoot()).pem }, scope: "*" });
});
afterAll(async () => {
  await Promise.all([scripted.stop(), workspace.remove()]);
});

describe("An interrupted review", () => {
  it("reads nothing more, and reports what it has as partial, with an exit code that is none of success", async () => {
    const host = await scripted.serve((request, response) => {
      const { pathname } = new URL(request.url ?? "", "https://registry");
      if (pathname === "/v2/_catalog") return void response.end('{"repositories":["app"]}');
      if (pathname.endsWith("/tags/list"))
        return void response.end(JSON.stringify({ tags: Array.from({ length: TAGS }, (_, at) => `v${at}`) }));
      setTimeout(() => sendErrors(response, 404, "MANIFEST_UNKNOWN"), ANSWER_MS);
    });
    const trust = join(workspace.directory, "trust");
    const places = ["--base", trust, "--head", trust, "--inventory", `registry:${host}`, "--ca-file", scripted.caFile];
    const command = spawn(process.execPath, ["scripts/review.mjs", ...places, "--format", "json"], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, HOME: "/nonexistent" },
    });
    const written = { stdout: "", stderr: "" };
    command.stdout.on("data", (data) => {
      written.stdout += data;
    });
    command.stderr.on("data", (data) => {
      const before = written.stderr;
      written.stderr += data;
      const isFirst = (text: string) => / … \d+ tags looked up/.test(text);
      if (isFirst(written.stderr) && !isFirst(before)) command.kill("SIGINT");
    });
    expect(await once(command, "close"), written.stderr).toEqual([2, null]);
    expect(written.stderr).toContain("Interrupted: nothing more is read");
    const { partial, inventories } = JSON.parse(written.stdout) as Report;
    expect(partial).toBe(true);
    expect(inventories).toMatchObject([{ name: `registry:${host}`, code: "INTERRUPTED" }]);
  });
});
