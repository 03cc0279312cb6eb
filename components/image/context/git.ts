import { spawnSync } from "node:child_process";
import { BuildContextError } from "./error";

/** How a command ended; `words` are the last lines of its standard error, without anybody's login. */
export interface GitResult {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly words: string;
}

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const SHOWN_LINES = 4;
const SHOWN_CHARACTERS = 800;

/**
 * Runs `git ARGS` without a shell, to its end: a program must know what it declares. It asks nobody for a password; credential
 * helpers and SSH agents do their part. Nothing but https, ssh and files of this machine is spoken, also where a repository leads
 * elsewhere. Throws BuildContextError GIT_MISSING or GIT_TIMEOUT.
 */
export function runGit(args: readonly string[], { timeoutMs }: { timeoutMs: number }): GitResult {
  const files = ["core.attributesFile=/dev/null", "core.autocrlf=false", "core.eol=lf", "core.symlinks=true"];
  const settings = ["core.hooksPath=/dev/null", ...files, "protocol.allow=never"];
  const protocols = ["https", "ssh", "file"].map((name) => `protocol.${name}.allow=always`);
  const { error, status, stdout, stderr } = spawnSync(
    "git",
    [...[...settings, ...protocols].flatMap((setting) => ["-c", setting]), ...args],
    {
      encoding: "utf8",
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: OUTPUT_BYTES_MAX,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...withoutRepository(process.env), ...ENVIRONMENT },
    },
  );
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOENT") {
    throw new BuildContextError(
      "GIT_MISSING",
      "There is no `git` command in PATH: install it (`apt-get install git`), or build from a folder.",
    );
  }
  if (code === "ETIMEDOUT") {
    const what = args.find((arg) => /^[a-z-]+$/.test(arg)) ?? "";
    throw new BuildContextError(
      "GIT_TIMEOUT",
      `\`git ${what}\` did not end within ${timeoutMs / 1000} s: see whether the repository's host answers, then run again.`,
    );
  }
  return { succeeded: error === undefined && status === 0, stdout: stdout ?? "", words: lastWords(stderr ?? "") };
}

const ENVIRONMENT = {
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: process.env.GIT_ASKPASS ?? "/bin/false",
  GIT_SSH_COMMAND: process.env.GIT_SSH_COMMAND ?? "ssh -o BatchMode=yes",
  LC_ALL: "C",
};

/** A program that runs in a hook of Git has variables that name the repository it runs for. */
function withoutRepository(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GIT_DIR: _, GIT_WORK_TREE: __, GIT_INDEX_FILE: ___, GIT_OBJECT_DIRECTORY: ____, ...rest } = environment;
  return rest;
}

function lastWords(stderr: string): string {
  const lines = stderr
    .replace(/:\/\/[^/\s]*@/g, "://…@")
    .trim()
    .split("\n")
    .slice(-SHOWN_LINES);
  return lines.join(" ").slice(-SHOWN_CHARACTERS);
}
