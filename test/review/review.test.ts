import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FolderTree } from "../../components/files/folderTree";
import { review } from "../../components/review/review";
import { renderTrustDirectory } from "../../components/trust/directory";
import { goodRoot } from "../support/certificates";
import { declared } from "./support";

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "breakwater-review-"));
  const root = await goodRoot();
  const trust = declared([{ certificate: root.pem } as Parameters<typeof declared>[0][number]]);
  for (const side of ["before", "after"]) {
    for (const [name, content] of Object.entries(renderTrustDirectory(trust))) {
      const path = join(directory, side, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("a review of two folders in notation's layout", () => {
  it("compares them as one stack, whatever the folders are called", async () => {
    const side = (name: string) => ({ tree: new FolderTree(join(directory, name)), name: `./${name}` });
    const report = await review({
      base: side("before"),
      head: side("after"),
      readSettings: () => {
        throw new Error("there is no config");
      },
      inventories: [],
      at: new Date(),
      today: new Date(),
      revocation: {
        askOcsp: () => Promise.reject(new Error("offline")),
        fetchCrl: () => Promise.reject(new Error("offline")),
      },
    });
    expect(report.semantic).toEqual([]);
    expect(report.partial).toBe(false);
  });
});
