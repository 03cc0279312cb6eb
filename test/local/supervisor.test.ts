import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalServiceError } from "../../components/local/error";
import { freePorts, isFree, requireFree } from "../../components/local/ports";
import { endProcess, findProcess, isAlive, listProcesses } from "../../components/local/process";
import { driftOfService, isRunning, type Service, startService, stopService } from "../../components/local/supervisor";
import { expectCode } from "../notary/expectCode";
import { makePlace, occupy, type Place } from "./support";

let place: Place;
beforeEach(async () => {
  place = await makePlace();
});
afterEach(() => place.end());

/** A service of plain node; `health` looks for what the script printed. */
function service(script: string, name = "demo"): Service {
  const directory = join(place.directory, name);
  return {
    name,
    directory,
    executable: process.execPath,
    args: ["--eval", script],
    async health() {
      if (!(await readFile(join(directory, "service.log"), "utf8")).includes("ready")) throw new Error("not ready yet");
    },
  };
}
const LASTING = `console.log("ready"); setInterval(() => undefined, 1000)`;

describe("a supervised service", () => {
  it("runs until it is stopped, with its output in a log for the owner alone", async () => {
    const demo = service(LASTING);
    expect(await driftOfService(demo)).not.toBe("");
    await startService(demo);
    expect(await driftOfService(demo)).toBe("");
    expect((await stat(join(demo.directory, "service.log"))).mode & 0o777).toBe(0o600);
    await stopService(demo);
    expect(await isRunning(demo)).toBe(false);
    expect(await place.running("demo")).toEqual([]);
    await stopService(demo);
  });

  it("runs once for a folder, and beside another folder's", async () => {
    const [one, two] = [service(LASTING), service(LASTING, "demo-two")];
    await startService(one);
    await startService(two);
    await startService(one);
    expect(await place.running("demo")).toHaveLength(1);
    await stopService(one);
    expect(await isRunning(two)).toBe(true);
  });

  it("gets no variable of the program's environment but PATH", async () => {
    process.env.BREAKWATER_TEST_SECRET = "in the environment";
    try {
      await startService(service(`console.log(JSON.stringify(process.env), "ready"); setInterval(() => {}, 1000)`));
    } finally {
      delete process.env.BREAKWATER_TEST_SECRET;
    }
    const log = await readFile(join(place.directory, "demo", "service.log"), "utf8");
    expect(log).toContain("HOME");
    expect(log).not.toContain("in the environment");
  });

  it("that runs but does not answer is drift", async () => {
    const demo = service(LASTING);
    await startService(demo);
    const deaf = { ...demo, health: () => Promise.reject(new Error("no answer")) };
    expect(await driftOfService(deaf)).toContain("no answer");
  });

  it("that ends at its start is an error with the end of its log", async () => {
    const failing = service(`console.error("the disk is made of cheese"); process.exit(3)`);
    await expectCode(() => startService(failing), LocalServiceError, "SERVICE_EXITED");
    const said = await startService(failing).catch((error: Error) => error.message);
    expect(said).toContain("made of cheese");
  });

  it("that never answers is an error, and is not left running", async () => {
    const silent = service("setInterval(() => undefined, 1000)");
    await expectCode(() => startService(silent), LocalServiceError, "SERVICE_UNHEALTHY");
    expect(await place.running("demo")).toEqual([]);
  });

  it("whose program does not exist is an error", async () => {
    const absent = { ...service(LASTING), executable: join(place.directory, "absent") };
    await expectCode(() => startService(absent), LocalServiceError, "TOOL_MISSING");
  });
});

describe("a process", () => {
  it("is found by its whole name only, and with its parent", async () => {
    const name = `breakwater-found@${place.directory}`;
    const child = spawn(process.execPath, ["--eval", LASTING], { argv0: name, stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    expect(await findProcess(name)).toBe(child.pid);
    expect(await findProcess(name.slice(0, -1))).toBeUndefined();
    expect((await listProcesses()).find(({ pid }) => pid === child.pid)?.parent).toBe(process.pid);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await findProcess(name)).toBeUndefined();
  });

  it("that ignores being asked is ended all the same", async () => {
    const script = `process.on("SIGTERM", () => undefined); ${LASTING}`;
    const child = spawn(process.execPath, ["--eval", script], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    const pid = child.pid ?? 0;
    expect(await endProcess(pid, 300)).toBe(true);
    if (child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    expect(isAlive(pid)).toBe(false);
    expect(await endProcess(pid, 300)).toBe(true);
  });
});

describe("ports of the loopback interface", () => {
  it("are different ones, and free", async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
    expect(await Promise.all(ports.map(isFree))).toEqual(Array.from({ length: 5 }, () => true));
    await requireFree("demo", ports, "choose others");
  });

  it("that are used are named, with the service and the way out", async () => {
    const [free = 0, used = 0] = await freePorts(2);
    const other = await occupy(used);
    try {
      expect(await isFree(used)).toBe(false);
      await expectCode(() => requireFree("demo", [free, used], "choose"), LocalServiceError, "PORT_IN_USE");
      const said = await requireFree("demo", [free, used], "look elsewhere").catch((error: Error) => error.message);
      for (const part of ["demo", String(used), "look elsewhere"]) expect(said).toContain(part);
    } finally {
      await other.release();
    }
  });
});
