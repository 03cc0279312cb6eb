import { type ChildProcess, spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../errors";
import { DockerError } from "./error";

export interface DockerOptions {
  /** Written to the command's standard input: the only way for a secret to reach it. A stream's own error is thrown. */
  readonly input?: string | Uint8Array | Readable;
  /** After this the command is ended (SIGTERM, then SIGKILL) and the error is `DOCKER_TIMEOUT`. Default 10 minutes. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of standard output and standard error, without its end. */
  readonly onLine?: (line: string) => void;
  /** Takes standard output (which may be large: `docker save`); it is ended with the command. The result is then "". */
  readonly stdoutTo?: Writable;
}

const TIMEOUT_MS = 600_000;
const KILL_AFTER_MS = 5_000;
const OUTPUT_BYTES_MAX = 2 ** 26;
/** What an error message carries of the standard error. */
const SHOWN_LINES = 8;
const SHOWN_CHARACTERS = 2_000;

/**
 * Runs `docker ARGS` without a shell and returns its standard output. It finds the engine as the user's `docker` does:
 * by `DOCKER_HOST`, `DOCKER_CONTEXT`, `DOCKER_CONFIG` and `PATH`. Arguments are seen by every user of the machine and stand in
 * messages: never a secret among them.
 *
 * @throws DockerError with the last lines of standard error
 */
export async function runDocker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const child = spawn("docker", args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  const ended = endOf(child, args);
  const input = options.input ?? "";
  let inputFailure: unknown;
  const source = input instanceof Readable ? input : Readable.from([input]);
  source.once("error", (error) => {
    inputFailure = error;
    void stop(child);
  });
  const stdin = pipeline(source, child.stdin).catch(() => undefined); // a command may not read it all
  const stderr = collect(child.stderr, options.onLine, SHOWN_CHARACTERS * 4);
  const stdout = options.stdoutTo
    ? pipeline(child.stdout, options.stdoutTo).then(() => "")
    : collectAll(child.stdout, options.onLine, args);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void stop(child);
  }, timeoutMs);
  try {
    stderr.catch(() => undefined); // of a command that was ended nobody asks for it
    // Output that can't be taken (a full disk, too much of it) ends the command as well: nobody waits for it any longer.
    stdout.catch(() => void stop(child));
    const exit = await ended;
    await stdin;
    if (inputFailure !== undefined) throw inputFailure;
    if (timedOut) {
      throw new DockerError("DOCKER_TIMEOUT", `${shown(args)} did not end within ${timeoutMs / 1000} s`);
    }
    const output = await stdout;
    if (exit.code !== 0) throw failure(args, exit, await stderr);
    return output;
  } finally {
    clearTimeout(timer);
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function endOf(child: ChildProcess, args: readonly string[]): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      const message = missing
        ? "there is no `docker` command in PATH. Install Docker Engine with Compose v2: https://docs.docker.com/engine/install/"
        : `${shown(args)} can't be started: ${messageOf(error)}`;
      reject(new DockerError(missing ? "DOCKER_MISSING" : "DOCKER_COMMAND_FAILED", message, { cause: error }));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, KILL_AFTER_MS).unref());
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  // What it has started may go on, and hold them.
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** The end of a stream's text, at most `keep` characters of it; each line goes to `onLine`. */
async function collect(
  stream: AsyncIterable<Buffer>,
  onLine: DockerOptions["onLine"],
  keep: number,
  tooLarge?: () => Error,
): Promise<string> {
  const decoder = new StringDecoder("utf8");
  let text = "";
  let line = "";
  for await (const chunk of stream) {
    const decoded = decoder.write(chunk);
    text += decoded;
    if (text.length > keep) {
      if (tooLarge) throw tooLarge();
      text = text.slice(-keep);
    }
    if (!onLine) continue;
    const lines = (line + decoded).split(/\r?\n|\r/);
    line = lines.pop() ?? "";
    for (const whole of lines) onLine(whole);
  }
  if (onLine && line !== "") onLine(line);
  return text;
}

function collectAll(stream: AsyncIterable<Buffer>, onLine: DockerOptions["onLine"], args: readonly string[]) {
  const tooLarge = () =>
    new DockerError("DOCKER_OUTPUT_TOO_LARGE", `${shown(args)} printed more than ${OUTPUT_BYTES_MAX / 2 ** 20} MiB`);
  return collect(stream, onLine, OUTPUT_BYTES_MAX, tooLarge);
}

/** What the command line says when it got no answer from an engine, in the words of its versions 20 to 29. */
const UNREACHABLE =
  /cannot connect to the docker daemon|failed to connect to the docker api|error during connect|permission denied while trying to connect to the docker/i;

function failure(args: readonly string[], exit: Exit, stderr: string): DockerError {
  const last = stderr.trim().split("\n").slice(-SHOWN_LINES).join("\n").slice(-SHOWN_CHARACTERS);
  if (UNREACHABLE.test(stderr)) {
    const wayOut =
      "Start it (`systemctl start docker`) or let DOCKER_HOST name it; its socket is open to root and group docker";
    return new DockerError("DOCKER_ENGINE_UNREACHABLE", `Docker Engine does not answer. ${wayOut}.\n${last}`);
  }
  const how = exit.signal ? `was ended by ${exit.signal}` : `failed with exit code ${exit.code}`;
  return new DockerError("DOCKER_COMMAND_FAILED", `${shown(args)} ${how}:\n${last || "(it printed no error)"}`);
}

function shown(args: readonly string[]): string {
  return `\`docker ${args.join(" ")}\``.slice(0, 500);
}
