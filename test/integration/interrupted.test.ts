import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyProject, type ProjectCopy, type Running } from "../support/project";
import { listedByNotation, prove } from "./support";

// A first run is cut off after a line that it says; then `npm start` is given once more.

let project: ProjectCopy;
beforeEach(async () => {
  project = await copyProject();
});
afterEach(() => project?.remove());

const BEGIN = "Bringing the stack up";
const MOMENTS = [
  BEGIN,
  "created  Pebble",
  "created  AcmeCertificate",
  "created  Registry",
  "created  PushedImage",
  "created  SignedImage",
];

describe("a first run that is killed with its whole process group", () => {
  it.each(MOMENTS)("is completed by the next `npm start`, killed after: %s", async (moment) => {
    const running = project.spawn(["start"]);
    await running.said(moment);
    running.signal("SIGKILL");
    expect((await running.result).code).toBeNull();
    await expectNextStartToSucceed();
  });
});

describe("a first run whose launcher alone is killed", () => {
  it("is completed by the next `npm start`, though the engine goes on", async () => {
    const running = project.spawn(["start"]);
    await running.said("created  Pebble");
    const launchers = (await project.processes()).filter(({ command }) => /^\S*node scripts\/start\.mjs/.test(command));
    expect(launchers).toHaveLength(1);
    for (const { pid } of launchers) process.kill(pid, "SIGKILL");
    expect((await running.result).code).not.toBe(0);
    await expectNextStartToSucceed();
  });
});

describe("a first run that is interrupted by Ctrl-C", () => {
  it("ends by itself and is completed by the next `npm start`, pressed twice", async () => {
    const running = project.spawn(["start"]);
    await running.said("created  Pebble");
    await interrupt(running, 2);
    await expectNextStartToSucceed();
  });

  it("is completed after it was interrupted two times in a row", async () => {
    for (const moment of ["created  Pebble", "Bringing the stack up"]) {
      const running = project.spawn(["start"]);
      await running.said(moment);
      await interrupt(running, 1);
    }
    await expectNextStartToSucceed();
  });
});

/** Presses Ctrl-C and waits until everything that it reached has ended. */
async function interrupt(running: Running, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    running.signal("SIGINT");
    await sleep(300);
  }
  expect((await running.result).code).not.toBe(0);
  await launcherToEnd();
}

/** npm may give its prompt back before what it started has ended; a person would wait for that. */
async function launcherToEnd(): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; ) {
    const left = (await project.processes()).filter(({ command }) => !command.startsWith("breakwater-"));
    if (left.length === 0) return;
    await sleep(100);
  }
  throw new Error("the interrupted run did not end within 30 s");
}

async function expectNextStartToSucceed(): Promise<void> {
  const summary = await project.json();
  await prove(summary);
  expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
  const running = await project.processes();
  expect(running.map(({ command }) => command.split("@")[0]).sort()).toEqual([
    "breakwater-pebble",
    "breakwater-registry",
  ]);
}
