import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withLock } from "../../scripts/setup/lock.mjs";
import { repository, runModule, temporaryFolder } from "./support";

const lockFile = () => join(temporaryFolder(), "setup.lock");
const lockModule = JSON.stringify(join(repository, "scripts", "setup", "lock.mjs"));

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const { child, ended } = runModule("");
  await ended;
  return child.pid ?? 0;
}

describe("the set-up's lock", () => {
  test("is held during the work, and gone after it, even when the work fails", async () => {
    const file = lockFile();
    await withLock(file, async () => expect(existsSync(file)).toBe(true));
    expect(existsSync(file)).toBe(false);
    await expect(withLock(file, () => Promise.reject(new RangeError()))).rejects.toBeInstanceOf(RangeError);
    expect(existsSync(file)).toBe(false);
  });

  test("is waited for while its holder lives, with one message", async () => {
    const file = lockFile();
    const events: string[] = [];
    const first = withLock(file, async () => {
      events.push("first begins");
      await new Promise((done) => setTimeout(done, 700));
      events.push("first ends");
    });
    await withLock(
      file,
      async () => void events.push("second"),
      () => void events.push("second waits"),
    );
    await first;
    expect(events).toEqual(["first begins", "second waits", "first ends", "second"]);
  });

  test("is taken over from a dead process", async () => {
    const file = lockFile();
    writeFileSync(file, JSON.stringify({ pid: await deadProcess(), host: hostname() }));
    let waited = false;
    const held = await withLock(
      file,
      async () => readFileSync(file, "utf8"),
      () => {
        waited = true;
      },
    );
    expect(JSON.parse(held)).toMatchObject({ pid: process.pid });
    expect(waited).toBe(false);
  });

  test("is taken over when its file was not touched for long, whatever its process id", async () => {
    const file = lockFile();
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() }));
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(file, longAgo, longAgo);
    await expect(withLock(file, async () => "done")).resolves.toBe("done");
  });

  test("admits one at a time when many processes find a stale lock at once", async () => {
    const file = lockFile();
    const log = `${file}.log`;
    writeFileSync(file, JSON.stringify({ pid: await deadProcess(), host: hostname() }));
    const source = `
      import { appendFileSync } from "node:fs";
      import { withLock } from ${lockModule};
      await withLock(${JSON.stringify(file)}, async () => {
        appendFileSync(${JSON.stringify(log)}, "in ");
        await new Promise((done) => setTimeout(done, 30));
        appendFileSync(${JSON.stringify(log)}, "out ");
      });`;
    const runs = await Promise.all(Array.from({ length: 5 }, () => runModule(source).ended));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(readFileSync(log, "utf8")).toBe("in out ".repeat(5));
  });
});
