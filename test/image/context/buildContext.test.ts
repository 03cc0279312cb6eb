import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { takeBuildContext } from "../../../components/image/context/buildContext";
import { checkOut } from "../../../components/image/context/checkout";
import { BuildContextError } from "../../../components/image/context/error";
import { resolveCommit } from "../../../components/image/context/gitRef";
import { parseGitContext } from "../../../components/image/context/gitUrl";
import { freePort } from "../../support/ports";
import { type GitRepository, makeRepository } from "./repository";

const DOCKERFILE = "FROM scratch\nCOPY app /app\n";
let directory: string;
let home: string;
let repository: GitRepository;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-context-"));
  home = join(directory, "contexts");
  repository = makeRepository(directory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

const take = (context: string, dockerfile?: string) => takeBuildContext(context, dockerfile, home);
const coded = (code: string) => expect.objectContaining({ name: BuildContextError.name, code });
const failure = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe("A Git URL as build context", () => {
  it("is the commit that its branch names now: shown in words, and with exactly its files", () => {
    const first = repository.commit({ Dockerfile: DOCKERFILE, app: "one" });
    const context = take(`${repository.url}#main`);
    expect(context.commit).toBe(first);
    expect(context.origin).toBe(`${repository.url}: main is commit ${first}`);
    expect(context.folder).toContain(`net-monitor-${first}`);
    expect(readdirSync(context.folder).sort()).toEqual(["Dockerfile", "app"]);
    expect(context.dockerfile).toBe(join(context.folder, "Dockerfile"));

    const second = repository.commit({ app: "two" });
    expect(take(`${repository.url}#main`).commit).toBe(second);
    expect(readFileSync(join(take(`${repository.url}#main`).folder, "app"), "utf8")).toBe("two");
    expect(readFileSync(join(context.folder, "app"), "utf8")).toBe("one");
    expect(readdirSync(home).sort()).toEqual([`net-monitor-${first}`, `net-monitor-${second}`].sort());
  });

  it("may be the default branch, a tag, an annotated tag, or a folder of it", () => {
    const commit = repository.commit({
      Dockerfile: DOCKERFILE,
      "sub/dir/Dockerfile": DOCKERFILE,
      "sub/dir/app": "sub",
    });
    repository.git("tag", "light");
    repository.git("tag", "--annotate", "--message=release", "v1.0");
    expect(repository.git("rev-parse", "v1.0")).not.toBe(commit);
    for (const suffix of ["", "#", "#light", "#v1.0", "#refs/tags/v1.0", "#refs/heads/main"]) {
      expect(take(repository.url + suffix).commit).toBe(commit);
    }
    const context = take(`${repository.url}#v1.0:sub/dir`);
    expect(readdirSync(context.folder).sort()).toEqual(["Dockerfile", "app"]);
    expect(context.origin).toContain("folder sub/dir");
    expect(take(`${repository.url}#:sub/dir`).folder).toBe(context.folder);
  });

  it("by a whole commit is the same though the branch goes on, also when the repository is gone", async () => {
    const commit = repository.commit({ Dockerfile: DOCKERFILE, app: "one" });
    repository.commit({ app: "two" });
    const { folder } = take(`${repository.url}#${commit}`);
    expect(readFileSync(join(folder, "app"), "utf8")).toBe("one");
    await rm(join(directory, "net-monitor.git"), { recursive: true });
    expect(take(`${repository.url}#${commit}`).folder).toBe(folder);
  });

  it("is what the commit is, whatever became of the checkout: changed, added, removed or half", () => {
    repository.commit({ Dockerfile: DOCKERFILE, app: "one", ".gitignore": "ignored\n" });
    const { folder } = take(`${repository.url}#main`);
    const damages = [
      () => writeFileSync(join(folder, "app"), "evil"),
      () => writeFileSync(join(folder, "extra"), "more"),
      () => writeFileSync(join(folder, "ignored"), "more"),
      () => rm(join(folder, "app")),
      () => rm(join(folder, "..", "git"), { recursive: true }),
    ];
    return damages.reduce(
      (before, damage) =>
        before.then(async () => {
          await damage();
          take(`${repository.url}#main`);
          expect(readdirSync(folder).sort()).toEqual([".gitignore", "Dockerfile", "app"]);
          expect(readFileSync(join(folder, "app"), "utf8")).toBe("one");
        }),
      Promise.resolve(),
    );
  });

  it("has the commit's time and the usual modes, so that the same commit is the same context everywhere", () => {
    repository.commit({ Dockerfile: DOCKERFILE, "bin/app": "x" });
    const umask = process.umask(0o077);
    try {
      const { folder } = take(`${repository.url}#main`);
      expect(lstatSync(join(folder, "bin/app")).mtime.toISOString()).toBe("2026-01-02T03:04:05.000Z");
      expect(statSync(join(folder, "bin/app")).mode & 0o777).toBe(0o644);
      expect(statSync(join(folder, "bin")).mode & 0o777).toBe(0o755);
      expect(process.umask()).toBe(0o077);
    } finally {
      process.umask(umask);
    }
  });

  it("with a ref that names nothing, or two things, is refused by name", () => {
    const first = repository.commit({ Dockerfile: DOCKERFILE });
    repository.git("branch", "feature/main");
    expect(failure(() => take(`${repository.url}#missing`))).toEqual(coded("GIT_REF_NOT_FOUND"));
    // The tail of a name is no name; nor is the beginning of a commit.
    repository.git("branch", "--move", "main", "trunk");
    expect(failure(() => take(`${repository.url}#main`))).toEqual(coded("GIT_REF_NOT_FOUND"));
    expect(failure(() => take(`${repository.url}#${first.slice(0, 12)}`))).toEqual(coded("GIT_REF_NOT_FOUND"));
    repository.git("tag", "trunk");
    expect(take(`${repository.url}#trunk`).commit).toBe(first); // both the same
    repository.commit({ app: "two" });
    expect(failure(() => take(`${repository.url}#trunk`))).toEqual(coded("GIT_REF_AMBIGUOUS"));
    expect(take(`${repository.url}#refs/tags/trunk`).commit).toBe(first);
  });

  it("with a commit that the repository does not have is refused, and leaves nothing", () => {
    repository.commit({ Dockerfile: DOCKERFILE });
    expect(failure(() => take(`${repository.url}#${"1".repeat(40)}`))).toEqual(coded("GIT_FETCH_FAILED"));
    expect(readdirSync(home)).toEqual([]);
  });

  it("whose branch has moved meanwhile, at a server that gives no commit by its own name, is refused", () => {
    const first = repository.commit({ Dockerfile: DOCKERFILE });
    repository.commit({ app: "two" });
    vi.stubEnv("GIT_CONFIG_COUNT", "1");
    vi.stubEnv("GIT_CONFIG_KEY_0", "protocol.version");
    vi.stubEnv("GIT_CONFIG_VALUE_0", "0");
    const context = parseGitContext(`${repository.url}#main`);
    expect(failure(() => context && checkOut(context, first, home))).toEqual(coded("GIT_FETCH_FAILED"));
    expect(readdirSync(home)).toEqual([]);
  });

  it("that cannot be read is said to be unreachable: no repository, no host, no listener", async () => {
    const port = await freePort();
    for (const url of [
      `file://${join(directory, "nowhere.git")}`,
      `https://127.0.0.1:${port}/wabbit/net-monitor.git`,
      "https://no-such-host.invalid/net-monitor.git",
    ]) {
      const error = failure(() => take(`${url}#main`));
      expect(error).toEqual(coded("GIT_REPOSITORY_UNREACHABLE"));
      expect(String(error)).toContain(url);
    }
  });

  it("whose host does not answer is not waited for without end", async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const context = parseGitContext(`https://127.0.0.1:${port}/net-monitor.git`);
    expect(failure(() => context && resolveCommit(context, 700))).toEqual(coded("GIT_TIMEOUT"));
    silent.close();
  });

  it("needs a git command", () => {
    vi.stubEnv("PATH", join(directory, "empty"));
    expect(failure(() => take(`${repository.url}#main`))).toEqual(coded("GIT_MISSING"));
  });

  it("has no way out of the repository, be it by name or by link", () => {
    repository.commit({ Dockerfile: DOCKERFILE });
    symlinkSync("/etc", join(directory, "net-monitor.git", "outside"));
    repository.commit({ app: "two" });
    for (const [suffix, dockerfile] of [
      ["#main:..", undefined],
      ["#main:/etc", undefined],
      ["#main:outside", undefined],
      ["#main", "../../Dockerfile"],
      ["#main", "outside/passwd"],
      ["#main", "missing"],
    ] as const) {
      expect(failure(() => take(repository.url + suffix, dockerfile))).toEqual(coded("CONTEXT_INVALID"));
    }
    expect(failure(() => take(`${repository.url}#main:missing`))).toEqual(coded("CONTEXT_MISSING"));
  });

  it("with submodules is refused: they would be missing in what is built", () => {
    repository.commit({
      Dockerfile: DOCKERFILE,
      ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = https://example.com/x.git\n',
    });
    expect(failure(() => take(`${repository.url}#main`))).toEqual(coded("CONTEXT_INVALID"));
  });

  it("with files that Git LFS keeps is refused: what is built would be their pointers", () => {
    repository.commit({ Dockerfile: DOCKERFILE, ".gitattributes": "*.bin filter=lfs -text\n", "a.bin": "pointer" });
    expect(failure(() => take(`${repository.url}#main`))).toEqual(coded("CONTEXT_INVALID"));
    expect(readdirSync(home)).toEqual([]);
  });

  it("is not changed by what this machine says of line ends", () => {
    repository.commit({
      Dockerfile: DOCKERFILE,
      app: "one\ntwo\n",
      auto: "a\nb\n",
      ".gitattributes": "auto text=auto\n",
    });
    writeFileSync(join(directory, "attributes"), "* text eol=crlf\n");
    const config = `[core]\n\tattributesFile = ${join(directory, "attributes")}\n\teol = crlf\n\tautocrlf = true\n`;
    writeFileSync(join(directory, "gitconfig"), config);
    vi.stubEnv("GIT_CONFIG_GLOBAL", join(directory, "gitconfig"));
    const { folder } = take(`${repository.url}#main`);
    expect(readFileSync(join(folder, "app"), "utf8")).toBe("one\ntwo\n");
    expect(readFileSync(join(folder, "auto"), "utf8")).toBe("a\nb\n");
  });

  it("whose checkout was moved to another commit is fetched anew", () => {
    const first = repository.commit({ Dockerfile: DOCKERFILE, app: "one" });
    const { folder } = take(`${repository.url}#main`);
    writeFileSync(join(folder, "app"), "evil");
    const there = [`--git-dir=${join(folder, "..", "git")}`, `--work-tree=${folder}`, "-c", "core.bare=false"];
    repository.git(...there, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-am", "evil");
    expect(take(`${repository.url}#${first}`).folder).toBe(folder);
    expect(readFileSync(join(folder, "app"), "utf8")).toBe("one");
  });

  it("clears away what a run left that was killed while it fetched, and nothing else", () => {
    repository.commit({ Dockerfile: DOCKERFILE });
    const dead = spawnSync("true").pid;
    const names = [
      `fetching-${dead}-aBcDeF`,
      `fetching-${process.pid}-aBcDeF`,
      `fetching-${dead}-young1`,
      "fetching-mine",
    ];
    for (const name of names) mkdirSync(join(home, name), { recursive: true });
    for (const name of names) if (!name.endsWith("young1")) utimesSync(join(home, name), 1, 1);
    take(`${repository.url}#main`);
    expect(readdirSync(home).filter((name) => name.startsWith("fetching"))).toEqual(names.slice(1).sort());
  });

  it("runs no hook, and nothing of the repository's configuration", () => {
    repository.commit({ Dockerfile: DOCKERFILE });
    const template = join(directory, "template", "hooks");
    mkdirSync(template, { recursive: true });
    writeFileSync(join(template, "post-checkout"), `#!/bin/sh\ntouch ${directory}/ran\n`, { mode: 0o755 });
    vi.stubEnv("GIT_TEMPLATE_DIR", join(directory, "template"));
    take(`${repository.url}#main`);
    expect(existsSync(join(directory, "ran"))).toBe(false);
  });
});

describe("The text of a build context", () => {
  it.each(["app", "./app", "/srv/app", "app.git", "../x"])("is a folder: %s", (context) => {
    expect(parseGitContext(context)).toBeUndefined();
  });

  it.each([
    ["https://github.com/wabbit-networks/net-monitor.git#main", "main", ""],
    ["https://github.com/wabbit-networks/net-monitor.git", "HEAD", ""],
    ["ssh://git@example.com:2222/net-monitor.git#v1:docker", "v1", "docker"],
    ["git@example.com:wabbit/net-monitor.git#feature/x", "feature/x", ""],
  ])("is a Git URL: %s", (context, ref, subdirectory) => {
    expect(parseGitContext(context)).toEqual({ url: context.split("#")[0], ref, subdirectory });
  });

  it.each([
    "http://example.com/net-monitor.git#main",
    "git://example.com/net-monitor.git#main",
    "ext::sh -c id.git",
    "https://example.com/net-monitor#main",
    "https://example.com/context.tar.gz",
    "https://user:secret@example.com/net-monitor.git",
    "https://token@example.com/net-monitor.git",
    "https://user:not@secret@example.com/net-monitor.git",
    "https://user:a/secret@example.com/net-monitor.git",
    "https://user:a#secret@example.com/net-monitor.git",
    "https://example.com/net-monitor.git#--upload-pack=id",
    "https://example.com/net-monitor.git#main:a:b",
    "https://example.com/net-monitor.git#a..b",
    "https://example.com/net-monitor.git#a*",
    "https://example.com/a b.git",
  ])("is refused: %s", (context) => {
    // A transport helper is no URL, and so a folder's name, which does not exist.
    const error = failure(() => take(context));
    expect(error).toEqual(coded(context.startsWith("ext") ? "CONTEXT_MISSING" : "GIT_URL_INVALID"));
    expect(String(error)).not.toMatch(/secret|token@/);
  });

  it("names no commit that Git has to be asked for when it is one", () => {
    vi.stubEnv("PATH", "/nowhere");
    const commit = "a".repeat(40);
    expect(resolveCommit({ url: "https://example.invalid/x.git", ref: commit, subdirectory: "" })).toBe(commit);
  });
});

describe("A folder as build context", () => {
  it("is used where it is", () => {
    mkdirSync(join(directory, "app", "docker"), { recursive: true });
    writeFileSync(join(directory, "app", "docker", "Dockerfile"), DOCKERFILE);
    const folder = join(directory, "app");
    expect(take(folder, "docker/Dockerfile")).toEqual({
      folder,
      dockerfile: join(folder, "docker", "Dockerfile"),
      origin: `the folder ${folder}`,
    });
    expect(existsSync(home)).toBe(false);
    expect(failure(() => take(folder))).toEqual(coded("CONTEXT_INVALID"));
    expect(failure(() => take(join(directory, "missing")))).toEqual(coded("CONTEXT_MISSING"));
  });
});
