import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { RecentIndexes } from "../../components/oci/recentIndexes";

const KEY = "app@sha256:0";
const index = { entries: [], document: undefined, elapsedMs: 1 };
const read = async () => index;

describe("An index of referrers that was just read", () => {
  test("is given once, to a write of the same subject", async () => {
    const recent = new RecentIndexes();
    await recent.read(KEY, read);
    expect(recent.take("app@sha256:1")).toBeUndefined();
    expect(recent.take(KEY)).toBe(index);
    expect(recent.take(KEY)).toBeUndefined();
  });

  test("is not given when it is old, measured by how fast the registry is", async () => {
    const recent = new RecentIndexes();
    await recent.read(KEY, read);
    await recent.read("slow", async () => ({ ...index, elapsedMs: 80 }));
    await sleep(300);
    expect(recent.take(KEY)).toBeUndefined();
    expect(recent.take("slow")).toBeDefined();
  });

  test("is not given after a write, nor when it was read during one", async () => {
    const recent = new RecentIndexes();
    await recent.read(KEY, read);
    await recent.write(KEY, async () => undefined);
    expect(recent.take(KEY)).toBeUndefined();

    await recent.write(KEY, () => recent.read(KEY, read));
    expect(recent.take(KEY)).toBeUndefined();

    await recent.read(KEY, () => recent.write(KEY, read));
    expect(recent.take(KEY)).toBeUndefined();
    const failed = recent.write(KEY, () => Promise.reject(new Error("cut off"))).catch(() => undefined);
    await recent.read(KEY, read);
    await failed;
    expect(recent.take(KEY)).toBeUndefined();
    await recent.read(KEY, read);
    expect(recent.take(KEY)).toBe(index);
  });
});
