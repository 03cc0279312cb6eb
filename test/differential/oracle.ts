import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SetupError } from "../../scripts/setup/error.mjs";
import { buildWithGo } from "../../scripts/setup/golang.mjs";
import { GO_RELEASE, provideGo } from "../../scripts/setup/gotoolchain.mjs";
import { requirePlatform } from "../../scripts/setup/node.mjs";
import { createProgress } from "../../scripts/setup/progress.mjs";
import { fingerprint } from "../../scripts/setup/stamp.mjs";
import type { Tool } from "../../scripts/setup/tools.mjs";
import { projectRoot } from "../support/tools";
import type { Case } from "./case";

/** What notation-go says about a case. */
export interface Answer {
  kind: "verified" | "failed" | "skipped" | "policy" | "none" | "panic" | "case";
  error?: string;
  results?: { validation: string; action: string; error?: string }[];
  /** What it logs as errors: why a revocation status is unknown. */
  log?: string[];
}

const MODULE = join("test", "differential", "oracle");
// The set-up builds a tool from the folder scripts/setup/tools/<name>; this module lies beside its test.
const ORACLE: Tool = {
  name: join("..", "..", "..", MODULE),
  version: "0.0.0",
  description: "the oracle of the differential test",
  commands: [],
  versionArgs: ["version"],
  versionPattern: /"go":"go(\d+\.\d+\.\d+)/,
  accepts: { from: "0.0.0", before: "1.0.0" },
  go: { package: ".", ldflags: "-s -w", tags: "" },
};

/** The oracle's binary, built when its source changed; by Go on PATH, else by Go's own release. */
export async function provideOracle(): Promise<string> {
  const sources = readdirSync(join(projectRoot, MODULE)).map((file) => join(MODULE, file));
  const folder = join(projectRoot, ".breakwater", "differential");
  const binary = join(folder, `oracle-${fingerprint([], projectRoot, sources).slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const task = createProgress().task("the oracle, notation-go");
  const partial = `${binary}.${process.pid}`;
  try {
    try {
      await buildWithGo(projectRoot, ORACLE, partial, task);
    } catch (error) {
      if (!(error instanceof SetupError) || error.code !== "GO_UNAVAILABLE") throw error;
      const means = { platform: requirePlatform(), unreachable: new Map(), task, goRelease: GO_RELEASE };
      await buildWithGo(projectRoot, ORACLE, partial, task, await provideGo(projectRoot, means));
    }
    renameSync(partial, binary);
    task.end("built");
    return binary;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Versions of Go and of every module that is linked, by name. */
export function versionsOf(binary: string): Record<string, string> {
  return JSON.parse(execFileSync(binary, ["version"], { encoding: "utf8" })) as Record<string, string>;
}

/** A running oracle. Several cases may be asked about at once; it answers in order. */
export class Oracle {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (reason: Error) => void }[] = [];
  #ended: Error | undefined;

  constructor(binary: string) {
    this.#child = spawn(binary, [], { env: { ...process.env, GOMAXPROCS: "1" } });
    let errors = "";
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-4_000);
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.#waiting.shift()?.resolve(JSON.parse(line) as Answer);
    });
    const end = (reason: string) => {
      this.#ended = new Error(`the oracle has ended: ${reason} ${errors}`);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
    };
    this.#child.on("error", ({ message }) => end(message));
    this.#child.on("close", (code) => end(`exit code ${code}`));
    this.#child.stdin.on("error", ({ message }) => end(message));
  }

  ask(question: Case): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  /** Ends it; it removes its own files first. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin.end();
    await closed;
  }
}
