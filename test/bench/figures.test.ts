import { afterEach, describe, expect, it, vi } from "vitest";
import { type Round, rowsOf } from "../../scripts/bench/fleetRows";
import { inPool } from "../../components/concurrency/inPool";
import { missed, printSection, type Row } from "../../scripts/bench/report";

afterEach(() => vi.restoreAllMocks());

describe("a pool", () => {
  it("works on every item once, on no more at a time than it may, and in order", async () => {
    const begun: number[] = [];
    let [running, most] = [0, 0];
    await inPool([10, 11, 12, 13, 14], 2, async (item, at) => {
      expect(item).toBe(at + 10);
      begun.push(at);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    });
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });

  it("fails with the first failure", async () => {
    const work = async (item: number) => {
      if (item === 2) throw new Error("two");
    };
    await expect(inPool([1, 2, 3], 2, work)).rejects.toThrow("two");
  });
});

describe("the figures of a fleet", () => {
  const round = (ours: number, requests: number): Round => ({
    ours: { perSecond: ours, requests, processorMs: 3 },
    registryMs: 2,
    replay: { perSecond: 200, processorMs: 1 },
    sequential: 10,
    parallel: new Map([
      [2, 15],
      [4, 25],
      [8, 20],
    ]),
  });
  const options = { images: 200, sample: 40, concurrency: 16, rounds: 3 };
  const rows = (ours: number, requests: number, referrers: "tag schema" | "referrers API") =>
    rowsOf("sign", [round(1, 6.1), round(ours, 6.1), round(1000, 6.1)], [4, requests, 4], { referrers }, options);
  const value = (list: Row[], what: string) => list.find((row) => row.what.startsWith(what))?.value;

  it("are medians, and ratios of medians; the best number of processes counts", () => {
    const list = rows(120, 6, "tag schema");
    expect(value(list, "ours, 200 images")).toBe(120);
    expect(value(list, "ours / notation, one")).toBe(12);
    expect(value(list, "ours / notation, best")).toBe(4.8);
    expect(value(list, "ours / bare")).toBe(60);
    expect(list.some(({ what }) => what.endsWith("processes: 4"))).toBe(true);
  });

  it("reach their aims or miss them", () => {
    expect(missed(rows(125, 6, "tag schema"))).toBe(0);
    expect(missed(rows(124, 6, "tag schema"))).toBe(1);
    expect(missed(rows(125, 6, "referrers API"))).toBe(1);
    expect(missed(rows(70, 7, "tag schema"))).toBe(4);
  });

  it("are printed beside their aims", () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    printSection("Signed", rows(120, 6, "tag schema"));
    const lines = String(write.mock.calls[0]?.[0]).split("\n");
    expect(lines.find((line) => line.includes("one after the other ") && line.includes("12.0×"))).toMatch(
      /≥ 8\.0× +reached/,
    );
    expect(lines.find((line) => line.includes("best parallel"))).toMatch(/4\.8× +≥ 5\.0× +NOT REACHED/);
  });
});
