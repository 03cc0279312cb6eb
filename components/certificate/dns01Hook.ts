import { spawn } from "node:child_process";
import { messageOf } from "../errors";
import { projectRoot } from "../files/paths";
import { CertificateError } from "./error";

const TIMEOUT_MS = 5 * 60_000;
const SHOWN_LINES = 8;
const SHOWN_CHARACTERS = 1_000;

/** Runs the user's command for one TXT record. Its output is shown only when it fails. */
export async function runHook(
  hook: readonly string[],
  action: "present" | "cleanup",
  record: { readonly domain: string; readonly name: string; readonly value: string },
): Promise<void> {
  const [command = "", ...args] = hook;
  const child = spawn(command, args, {
    cwd: projectRoot,
    env: {
      ...ownEnvironment(),
      ACTION: action,
      DOMAIN: record.domain,
      RECORD_NAME: record.name,
      RECORD_VALUE: record.value,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, so that what it starts ends with it
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4 * SHOWN_CHARACTERS);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, TIMEOUT_MS);
  try {
    // "exit", not "close": a hook may leave a process behind that keeps the streams open.
    const how = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(code === 0 ? "" : `ended with ${signal ?? `exit code ${code}`}`));
    });
    if (timedOut) throw new Error(`did not end within ${TIMEOUT_MS / 60_000} minutes`);
    if (how !== "") throw new Error(how);
  } catch (cause) {
    const last = said.trim().split("\n").slice(-SHOWN_LINES).join("\n").slice(-SHOWN_CHARACTERS);
    throw new CertificateError(
      "CHALLENGE_HOOK_FAILED",
      `the hook ${command} (ACTION=${action} DOMAIN=${record.domain}) failed: ${messageOf(cause)}. Mend it and run the ` +
        `command again${last && `. It said:\n${last}`}`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The environment of this process, where a hook finds its own credentials, without what is the engine's. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_")));
}
