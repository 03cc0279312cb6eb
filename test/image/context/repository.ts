import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A Git repository on this machine, whose commits are made as a test wants them. */
export interface GitRepository {
  /** `file://….git` */
  readonly url: string;
  git(...args: string[]): string;
  /** Writes files, commits them and returns the commit. */
  commit(files: Readonly<Record<string, string>>): string;
}

export function makeRepository(folder: string, name = "net-monitor"): GitRepository {
  const place = join(folder, `${name}.git`);
  mkdirSync(place, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: place,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
        GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
      },
    }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Wabbit");
  git("config", "user.email", "wabbit@wabbit-networks.io");
  return {
    url: `file://${place}`,
    git,
    commit(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(place, path)), { recursive: true });
        writeFileSync(join(place, path), content);
      }
      git("add", "--all");
      git("commit", "--quiet", "--message", "A change");
      return git("rev-parse", "HEAD");
    },
  };
}
