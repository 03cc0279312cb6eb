import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow, fingerprint, readStamp, writeStamp } from "../../scripts/setup/stamp.mjs";
import { temporaryFolder } from "./support";

describe("a fingerprint", () => {
  test("changes with a value, a content and a name, and not with the order of files", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "a"), "1");
    writeFileSync(join(root, "b"), "2");
    const before = fingerprint(["value"], root, ["a", "b"]);
    expect(fingerprint(["value"], root, ["b", "a"])).toBe(before);
    expect(fingerprint(["other"], root, ["a", "b"])).not.toBe(before);
    expect(fingerprint(["value"], root, ["a"])).not.toBe(before);
    writeFileSync(join(root, "b"), "3");
    expect(fingerprint(["value"], root, ["a", "b"])).not.toBe(before);
  });

  test("changes when bytes move from one file to the next", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "a"), "12");
    writeFileSync(join(root, "b"), "3");
    const before = fingerprint([], root, ["a", "b"]);
    writeFileSync(join(root, "a"), "1");
    writeFileSync(join(root, "b"), "23");
    expect(fingerprint([], root, ["a", "b"])).not.toBe(before);
  });
});

describe("a stamp", () => {
  test("is absent until it is written, whole, without leftovers", () => {
    const root = temporaryFolder();
    const file = join(root, "folder", ".stamp");
    expect(readStamp(file)).toBeUndefined();
    writeStamp(file, "first");
    writeStamp(file, "second");
    expect(readStamp(file)).toBe("second");
    expect(readdirSync(join(root, "folder"))).toEqual([".stamp"]);
  });

  test("covers the files of a folder by their extension, and a missing folder has none", () => {
    const root = temporaryFolder();
    writeStamp(join(root, "src", "deep", "one.ts"), "");
    writeStamp(join(root, "src", "two.js"), "");
    expect(filesBelow(root, "src", ".ts")).toEqual([join("src", "deep", "one.ts")]);
    expect(filesBelow(root, "missing", ".ts")).toEqual([]);
  });
});
