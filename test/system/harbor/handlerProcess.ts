import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectRoot } from "../../support/tools";

type Wire = Record<string, unknown>;

/** What a handler's method came to. */
export type Outcome = { readonly value: Wire } | { readonly error: string };

export interface Call {
  /** All lines that it has said so far. */
  readonly lines: readonly string[];
  /** Rejects when the process ended without a result. */
  readonly outcome: Promise<Outcome>;
  /** Resolves with the first line that matches; rejects when it ends without one. */
  said(pattern: RegExp): Promise<string>;
  /** Kills it, as a power cut would, or with all that it started. */
  kill(whole?: "with its children"): Promise<void>;
}

/** Calls a method of the compiled handler of HarborInstallation in a process of its own. */
export function callHandler(method: string, args: readonly unknown[], environment: Record<string, string>): Call {
  const child = spawn(process.execPath, [join(__dirname, "oneCall.mjs")], {
    cwd: projectRoot,
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let [text, errors, result] = ["", "", ""];
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (text + chunk).split("\n");
    text = parts.pop() ?? "";
    lines.push(...parts);
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  const back = child.stdio[3];
  if (back && "setEncoding" in back) {
    back.setEncoding("utf8").on("data", (chunk: string) => {
      result += chunk;
    });
  }
  child.stdin?.on("error", () => undefined); // killed before it has read all
  child.stdin?.end(JSON.stringify({ handlers: join(projectRoot, "bin/components/handlers.js"), method, args }));
  const ended = once(child, "close");
  const outcome = ended.then(() => {
    if (result === "") throw new Error(`${method} ended without a result:\n${lines.join("\n")}\n${errors}`);
    return JSON.parse(result) as Outcome;
  });
  outcome.catch(() => undefined); // killed on purpose, and nobody asks
  return {
    lines,
    outcome,
    async said(pattern) {
      for (;;) {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`${method} ended without saying ${pattern}:\n${lines.join("\n")}\n${errors}\n${result}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    },
    async kill(whole) {
      if (child.pid === undefined) return;
      if (child.exitCode === null && child.signalCode === null) process.kill(whole ? -child.pid : child.pid, "SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
