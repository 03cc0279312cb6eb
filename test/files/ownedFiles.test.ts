import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  deleteOwnedFiles,
  driftOfOwnedFiles,
  removeDrafts,
  type OwnedFile,
  writeAtomically,
  writeOwnedFiles,
} from "../../components/files/ownedFiles";

const FILES: OwnedFile[] = [
  { name: "chain.pem", content: "chain\n" },
  { name: "private/key.pem", content: "key\n", secret: true },
];

let parent: string;
let directory: string;
const at = (name: string) => join(directory, name);
const modeOf = async (name: string) => (await stat(at(name))).mode & 0o777;
const entries = async (folder = directory) => (await readdir(folder, { recursive: true })).sort();

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "breakwater-files-"));
  directory = join(parent, "owned");
});
afterEach(() => rm(parent, { recursive: true, force: true }));

describe("files that a resource writes", () => {
  it.each([0o000, 0o022, 0o077])("have the modes 0644 and 0600 under the umask %o", async (umask) => {
    const before = process.umask(umask);
    try {
      await mkdir(directory, { mode: 0o700 });
      await mkdir(at("private"), { mode: 0o700 });
      await writeOwnedFiles(directory, FILES);
    } finally {
      process.umask(before);
    }
    expect(await modeOf("chain.pem")).toBe(0o644);
    expect(await modeOf("private/key.pem")).toBe(0o600);
    expect(await driftOfOwnedFiles(directory, FILES)).toBe("");
  });

  it("are left alone when they are right", async () => {
    await writeOwnedFiles(directory, FILES);
    const before = await stat(at("chain.pem"));
    await writeOwnedFiles(directory, FILES);
    expect((await stat(at("chain.pem"))).ino).toBe(before.ino);
  });

  it("appear together, or not at all where one of them can't be written", async () => {
    await writeOwnedFiles(directory, FILES);
    await rm(at("private"), { recursive: true });
    await writeFile(at("private"), "somebody's file, where a folder should be");
    const renewed = FILES.map((file) => ({ ...file, content: `another ${file.content}` }));
    await expect(writeOwnedFiles(directory, renewed)).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await readFile(at("chain.pem"), "utf8")).toBe("chain\n");
    expect(await entries()).toEqual(["chain.pem", "private"]);
  });

  it("leave no draft behind", async () => {
    await writeOwnedFiles(directory, FILES);
    await writeFile(at("chain.pem"), "edited");
    await writeOwnedFiles(directory, FILES);
    expect(await entries()).toEqual(["chain.pem", "private", "private/key.pem"]);
    expect(await readFile(at("chain.pem"), "utf8")).toBe("chain\n");
  });
});

describe("the drift of files", () => {
  beforeEach(() => writeOwnedFiles(directory, FILES));
  const drift = () => driftOfOwnedFiles(directory, FILES);

  const changes: [string, string, () => Promise<unknown>][] = [
    ["missing", "private/key.pem", () => rm(at("private/key.pem"))],
    ["edited", "chain.pem", () => writeFile(at("chain.pem"), "chain\n\n")],
    ["read", "private/key.pem", () => chmod(at("private/key.pem"), 0o640)],
    ["changed by others", "chain.pem", () => chmod(at("chain.pem"), 0o666)],
  ];
  it.each(changes)("says %s and names %s, and writing them puts it right", async (word, name, change) => {
    expect(await drift()).toBe("");
    await change();
    const said = await drift();
    expect(said).toContain(word);
    expect(said).toContain(join("owned", name));
    expect(said).not.toContain(";");
    await writeOwnedFiles(directory, FILES);
    expect(await drift()).toBe("");
  });

  it("names all of them, and no content", async () => {
    await rm(at("chain.pem"));
    await writeFile(at("private/key.pem"), "another key");
    const said = await drift();
    expect(said.split("; ")).toHaveLength(2);
    expect(said).not.toContain("another key");
  });

  it("is none for a file that is closed more than it must be", async () => {
    await chmod(at("chain.pem"), 0o600);
    expect(await drift()).toBe("");
  });

  it("takes a folder in a file's place for a missing file", async () => {
    await rm(at("chain.pem"));
    await mkdir(at("chain.pem"));
    expect(await drift()).toContain("chain.pem");
  });
});

describe("deleting files", () => {
  beforeEach(() => writeOwnedFiles(directory, FILES));

  it("removes them, the folders that this empties, and not the folder above", async () => {
    await deleteOwnedFiles(directory, FILES);
    expect(await entries(parent)).toEqual([]);
  });

  it("keeps a file that was edited, and the folders above it", async () => {
    await writeFile(at("private/key.pem"), "mine now");
    await deleteOwnedFiles(directory, FILES);
    expect(await entries()).toEqual(["private", "private/key.pem"]);
    expect(await readFile(at("private/key.pem"), "utf8")).toBe("mine now");
  });

  it("keeps what others put beside it", async () => {
    await writeFile(at("private/notes"), "");
    await deleteOwnedFiles(directory, FILES);
    expect(await entries()).toEqual(["private", "private/notes"]);
  });

  it("keeps an empty folder that held no file of ours", async () => {
    await mkdir(at("other"));
    await deleteOwnedFiles(directory, FILES);
    expect(await entries()).toEqual(["other"]);
  });

  it("can be done twice", async () => {
    await deleteOwnedFiles(directory, FILES);
    await deleteOwnedFiles(directory, FILES);
    expect(await entries(parent)).toEqual([]);
  });

  it("does not touch a folder whose name only begins like this one's", async () => {
    const sibling = `${directory}-2`;
    await mkdir(sibling);
    await deleteOwnedFiles(directory, FILES);
    expect(await entries(parent)).toEqual(["owned-2"]);
  });
});

describe("a file that is written atomically", () => {
  it("is seen whole by whoever reads it meanwhile: the old content or the new one", async () => {
    const contents = ["a", "b"].map((letter) => letter.repeat(1 << 20));
    const target = at("large");
    await writeAtomically(target, { content: contents[0] ?? "" });
    let done = false;
    const writing = (async () => {
      for (let round = 0; round < 20; round++) await writeAtomically(target, { content: contents[round % 2] ?? "" });
      done = true;
    })();
    let reads = 0;
    for (; !done; reads++) expect(contents.includes(await readFile(target, "utf8"))).toBe(true);
    await writing;
    expect(reads).toBeGreaterThan(5);
  });

  it("that can't be put in its place leaves no draft", async () => {
    await mkdir(at("taken/inside"), { recursive: true });
    await expect(writeAtomically(at("taken"), { content: "x", secret: true })).rejects.toThrow();
    expect(await entries()).toEqual(["taken", "taken/inside"]);
  });

  it("is never open to others, not even as a draft", async () => {
    const before = process.umask(0);
    const modes = new Set<number>();
    let done = false;
    try {
      await mkdir(directory);
      const writing = (async () => {
        for (let round = 0; round < 40; round++) {
          await writeAtomically(at("secret"), { content: "s".repeat(1 << 18), secret: true });
        }
        done = true;
      })();
      while (!done) {
        for (const name of await readdir(directory)) {
          const seen = await stat(at(name)).catch(() => undefined); // renamed meanwhile
          if (seen) modes.add(seen.mode & 0o777);
        }
      }
      await writing;
    } finally {
      process.umask(before);
    }
    expect([...modes]).toEqual([0o600]);
  });
});

describe("what a killed write has left of a file", () => {
  it("goes, and nothing else does", async () => {
    await mkdir(directory);
    const kept = ["a.json", "a.json.bak", "a.json.0123456.tmp", "b.json.01234567.tmp", "xa.json.01234567.tmp"];
    for (const name of [...kept, "a.json.01234567.tmp", "a.json.89abcdef.tmp"]) await writeFile(at(name), "");
    await removeDrafts(at("a.json"));
    expect(await entries()).toEqual(kept.sort());
    await removeDrafts(join(directory, "nowhere", "a.json"));
  });
});
