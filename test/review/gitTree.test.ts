import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReviewError } from "../../components/review/error";
import { GitTree } from "../../components/review/state/gitTree";

let repository: string;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "breakwater-git-"));
  git("init", "--quiet", "--initial-branch=main");
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

function git(...args: string[]): string {
  const identity = ["-c", "user.name=ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...identity, ...args], { cwd: repository, encoding: "utf8" }).trim();
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), content);
}

function commit(): string {
  git("add", "--all", "--force");
  git("commit", "--quiet", "--message", "state");
  return git("rev-parse", "HEAD");
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof ReviewError) return error.code;
    throw error;
  }
  return undefined;
}

describe("the tree of a commit", () => {
  it("has the folder's files and folders, at the commit and not on disk", () => {
    write("stacks/Pulumi.a.yaml", "config: {}\n");
    write("stacks/a/trust/truststore/x509/ca/b/c.crt", "certificate");
    write("elsewhere/file", "not read");
    const head = commit();
    rmSync(join(repository, "stacks"), { recursive: true });
    const tree = new GitTree(repository, "main", "stacks");
    expect(tree.commit).toBe(head);
    expect(tree.names("stacks")).toEqual(["Pulumi.a.yaml", "a"]);
    expect(tree.entry("stacks/a/trust")).toEqual({ kind: "folder", size: 0 });
    expect(tree.entry("stacks/Pulumi.a.yaml")).toEqual({ kind: "file", size: 11 });
    expect(tree.read("stacks/a/trust/truststore/x509/ca/b/c.crt").toString()).toBe("certificate");
    expect(tree.entry("elsewhere/file")).toBeUndefined();
  });

  it("is relative to the project's folder, wherever that is in its repository", () => {
    write("platform/breakwater/stacks/Pulumi.a.yaml", "config: {}\n");
    write("stacks/Pulumi.other.yaml", "config: {}\n");
    commit();
    expect(new GitTree(join(repository, "platform/breakwater"), "main", "stacks").names("stacks")).toEqual([
      "Pulumi.a.yaml",
    ]);
  });

  it("has names that need quoting as they are", () => {
    write('stacks/ü \n\t"x/trust/trustpolicy.json', "{}");
    commit();
    const tree = new GitTree(repository, "main", "stacks");
    expect(tree.names("stacks")).toEqual(['ü \n\t"x']);
    expect(tree.read('stacks/ü \n\t"x/trust/trustpolicy.json').toString()).toBe("{}");
  });

  it("follows no link, out of the folder or inside it", () => {
    write("stacks/a/trust/real.json", "{}");
    symlinkSync("/etc/passwd", join(repository, "stacks/a/trust/trustpolicy.json"));
    symlinkSync("../../..", join(repository, "stacks/up"));
    commit();
    const tree = new GitTree(repository, "main", "stacks");
    expect(tree.entry("stacks/a/trust/trustpolicy.json")).toEqual({ kind: "symlink", size: 0 });
    expect(tree.entry("stacks/up")).toEqual({ kind: "symlink", size: 0 });
    expect(tree.names("stacks/up")).toEqual([]);
    expect(codeOf(() => tree.read("stacks/a/trust/trustpolicy.json"))).toBe("REVIEW_FILE_UNREADABLE");
  });

  it("does not read what is huge, and says how large it is", () => {
    write("stacks/a/trust/trustpolicy.json", Buffer.alloc(3 * 1024 * 1024, 0x20));
    commit();
    const tree = new GitTree(repository, "main", "stacks");
    expect(tree.entry("stacks/a/trust/trustpolicy.json")).toEqual({ kind: "file", size: 3 * 1024 * 1024 });
    expect(codeOf(() => tree.read("stacks/a/trust/trustpolicy.json"))).toBe("REVIEW_FILE_UNREADABLE");
  });

  it("refuses a commit with more than can be reviewed, though its blobs are one", () => {
    for (let index = 0; index < 70; index++) write(`stacks/a/${index}`, Buffer.alloc(1024 * 1024, 0x61));
    commit();
    expect(codeOf(() => new GitTree(repository, "main", "stacks"))).toBe("REVIEW_TREE_TOO_LARGE");
  });

  it("heeds no attribute, filter or hook of the commit", () => {
    const ran = join(repository, "ran");
    git("config", "filter.evil.smudge", `touch ${ran}`);
    git("config", "filter.evil.clean", "cat");
    write(".gitattributes", "* filter=evil ident\n");
    write("stacks/Pulumi.a.yaml", "$Id$\n");
    commit();
    expect(new GitTree(repository, "main", "stacks").read("stacks/Pulumi.a.yaml").toString()).toBe("$Id$\n");
    expect(existsSync(ran)).toBe(false);
  });

  it("has nothing where the folder is absent", () => {
    write("README.md", "# nothing\n");
    commit();
    const tree = new GitTree(repository, "main", "stacks");
    expect(tree.entry("stacks")).toBeUndefined();
  });
});

describe("a tree that git would not make", () => {
  interface Entry {
    readonly mode: string;
    readonly name: string;
    readonly oid: string;
  }

  /** A tree object with these entries as they are, whatever git says of it. */
  function tree(...entries: readonly Entry[]): string {
    const content = Buffer.concat(
      entries.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]),
    );
    const args = ["hash-object", "-w", "-t", "tree", "--stdin", "--literally"];
    return execFileSync("git", args, { cwd: repository, input: content, encoding: "utf8" }).trim();
  }
  const folder = (name: string, oid: string) => ({ mode: "40000", name, oid });
  const file = (name: string, text: string) => ({ mode: "100644", name, oid: blob(text) });
  const blob = (text: string) =>
    execFileSync("git", ["hash-object", "-w", "--stdin"], { cwd: repository, input: text, encoding: "utf8" }).trim();
  const committed = (...entries: readonly Entry[]) => git("commit-tree", "-m", "state", tree(...entries));
  const codeFor = (ref: string) => codeOf(() => new GitTree(repository, ref, "stacks"));

  it("is refused where a checkout has another file than the one that is read", () => {
    const [tame, wide] = [file("trustpolicy.json", "tame"), file("trustpolicy.json", "wide")];
    const stacks = (...policies: readonly Entry[]) =>
      folder("stacks", tree(folder("a", tree(folder("trust", tree(...policies))))));
    expect(codeFor(committed(stacks(tame)))).toBeUndefined();
    expect(codeFor(committed(stacks(tame, wide)))).toBe("REVIEW_TREE_INVALID");
    expect(codeFor(committed(stacks(tame), file("stacks/a/trust/trustpolicy.json", "wide")))).toBe(
      "REVIEW_TREE_INVALID",
    );
    expect(codeFor(committed(stacks(tame), file("stacks", "wide")))).toBe("REVIEW_TREE_INVALID");
  });

  it("is refused likewise where the project is a folder of its repository", () => {
    write("platform/stacks/a/trust/trustpolicy.json", "tame");
    commit();
    const platform = folder("platform", git("rev-parse", "HEAD:platform"));
    const beside = committed(platform, file("platform/stacks/a/trust/trustpolicy.json", "wide"));
    expect(codeOf(() => new GitTree(join(repository, "platform"), beside, "stacks"))).toBe("REVIEW_TREE_INVALID");
  });

  it("takes no minutes where it is as deep and as wide as can be", () => {
    const empty = blob("");
    const wide = Array.from({ length: 19_000 }, (_, index) => ({
      mode: "100644",
      name: `f${String(index).padStart(5, "0")}`,
      oid: empty,
    }));
    const deep = Array.from({ length: 300 }).reduce<string>((below) => tree(folder("d", below)), tree(...wide));
    const ref = committed(folder("stacks", deep));
    const begun = Date.now();
    const read = new GitTree(repository, ref, "stacks");
    expect(Date.now() - begun).toBeLessThan(3000);
    expect(read.names(["stacks", ...Array.from({ length: 300 }, () => "d")].join("/"))).toHaveLength(19_000);
  });
});

describe("a ref that can't be had", () => {
  it("is unknown: a branch that is not there, an option, a file's object", () => {
    write("stacks/Pulumi.a.yaml", "config: {}\n");
    commit();
    for (const ref of ["nowhere", "--output=/tmp/x", "", "HEAD:stacks/Pulumi.a.yaml", "main\nmain"]) {
      expect(
        codeOf(() => new GitTree(repository, ref, "stacks")),
        ref,
      ).toBe("REVIEW_REF_UNKNOWN");
    }
  });

  it("says how to fetch it where the clone is shallow, and that way works", () => {
    write("stacks/Pulumi.a.yaml", "config: {}\n");
    const first = commit();
    git("branch", "former");
    write("stacks/Pulumi.a.yaml", "config: { a: b }\n");
    commit();
    const shallow = join(repository, "shallow");
    git("clone", "--quiet", "--depth=1", `file://${repository}`, shallow);
    let said = "";
    try {
      new GitTree(shallow, "origin/former", "stacks");
    } catch (error) {
      said = (error as Error).message;
    }
    const [command = ""] = /git fetch .*?'.*?'/.exec(said) ?? [];
    execFileSync("sh", ["-c", `${command} --quiet`], { cwd: shallow });
    expect(new GitTree(shallow, "origin/former", "stacks").commit).toBe(first);
  });

  it("is fetched from nowhere where the clone has not all of its objects", () => {
    write("stacks/Pulumi.a.yaml", "config: {}\n");
    commit();
    git("config", "uploadpack.allowFilter", "true");
    for (const filter of ["blob:none", "tree:0"]) {
      const partial = join(repository, filter.slice(0, 4));
      git("clone", "--quiet", "--no-checkout", `--filter=${filter}`, `file://${repository}`, partial);
      const read = () => new GitTree(partial, "origin/main", "stacks");
      expect(codeOf(read), filter).toBe("REVIEW_CLONE_INCOMPLETE");
      expect(read, filter).toThrow(/--refetch/);
    }
  });

  it("says that there is no repository", () => {
    const folder = mkdtempSync(join(tmpdir(), "breakwater-no-git-"));
    expect(codeOf(() => new GitTree(folder, "main", "stacks"))).toBe("REVIEW_NOT_A_REPOSITORY");
    rmSync(folder, { recursive: true });
  });
});
