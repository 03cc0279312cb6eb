import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ReviewedSide } from "../../../components/review/review";
import { GitTree } from "../../../components/review/state/gitTree";
import { REVIEWED } from "../../../components/review/state/readState";
import { workingFolder } from "../../../scripts/commands/review/sides";

/** A real repository with a project in it. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), "breakwater-project-"));
  /** Of the project, in its repository. */
  readonly folder: string;

  constructor(place = "", format = "sha1") {
    this.folder = join(this.directory, place);
    mkdirSync(this.folder, { recursive: true });
    this.git("init", "--quiet", "--initial-branch=main", `--object-format=${format}`);
  }

  git(...args: string[]): string {
    const identity = ["-c", "user.name=ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...identity, ...args], { cwd: this.directory, encoding: "utf8" }).trim();
  }

  write(files: Readonly<Record<string, string | undefined>>): this {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, path);
      if (content === undefined) {
        rmSync(file, { recursive: true });
        continue;
      }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return this;
  }

  /** Commits what is there; the commit as a side. */
  commit(): ReviewedSide {
    this.git("add", "--all", "--force");
    this.git("commit", "--quiet", "--allow-empty", "--message", "state");
    const commit = this.git("rev-parse", "HEAD");
    const tree = new GitTree(this.folder, commit, ...REVIEWED);
    return { tree, name: commit, commit, program: tree.program };
  }

  /** The folder as it is, as a side. */
  working(): ReviewedSide {
    return workingFolder(this.folder);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
