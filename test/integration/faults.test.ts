import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../scripts/commands/summary";
import { writeLayout } from "../support/images";
import { copyProject, type ProjectCopy } from "../support/project";
import { filesBelow, LOCAL, listedByNotation, prove } from "./support";

const LARGE_BYTES = 200 * 1024 * 1024;

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project?.remove());

describe("a second `npm start` at the same time", () => {
  it("is told that another is at work; the first one is unharmed", async () => {
    const first = project.spawn(["start", "--silent", "--", "--json"]);
    await first.said("Bringing the stack up");
    const second = await project.start();
    expect(second.code).toBe(1);
    expect(second.stderr).toContain("[ALREADY_RUNNING]");
    const stop = await project.stop();
    expect(stop.code).toBe(1);
    expect(stop.stderr).toContain("[ALREADY_RUNNING]");

    const { code, stdout, stderr } = await first.result;
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
  });
});

describe("a registry that is killed in the middle of a push", () => {
  it("is named by the error, and the next `npm start` pushes the image", async () => {
    const layout = project.path("large");
    const { root } = await writeLayout(layout, { layers: [randomBytes(LARGE_BYTES)] });
    const { registry } = await project.json();

    const running = project.spawn(["start", "--", "--image", layout]);
    await uploadToBegin();
    await project.killService("registry");
    const { code, stderr } = await running.result;
    expect(code).toBe(1);
    expect(stderr).toContain(new URL(registry).host);
    expect(stderr).toMatch(/\[(CONNECTION_LOST|REGISTRY_UNREACHABLE)\]/);

    const summary = await project.json(); // the image was remembered
    expect(summary.image.digest).toBe(root.digest);
    expect(summary.registry).toBe(registry);
    await prove(summary);
    expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
  });
});

/** The registry keeps what arrives in a folder `_uploads`, which it removes at the end of the upload. */
async function uploadToBegin(): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    const files = await filesBelow(project.path(LOCAL, "registry/data"));
    if (files.some((file) => file.includes("/_uploads/") && file.endsWith("/data"))) return;
    await sleep(5);
  }
  throw new Error("no upload began within 60 s");
}
