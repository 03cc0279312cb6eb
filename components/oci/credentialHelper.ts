import { spawn } from "node:child_process";
import type { Credentials } from "./credentials";
import { isRecord } from "./descriptor";
import { OciError, type OciErrorCode } from "./error";

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 1024 * 1024;
/** What every helper prints, by the protocol's library, when it has no login for the host. */
const NOT_FOUND = "credentials not found in native keychain";
/** The user name that marks the secret as an identity token. */
const TOKEN_USER = "<token>";

export interface HelperQuestion {
  /** As in `ecr-login`: the program is `docker-credential-ecr-login`, looked up on PATH. */
  name: string;
  serverAddress: string;
  /** The configuration file that names the helper. */
  source: string;
}

/**
 * Asks a Docker credential helper for a login: the address on its standard input, JSON on its standard output. No shell takes
 * part; nothing that it prints gets into messages.
 * Throws OciError CREDENTIAL_HELPER_NOT_FOUND, _TIMEOUT, _FAILED or _INVALID.
 * Source: docs.docker.com, docker login § Credential helper protocol; github.com/docker/docker-credential-helpers, client.
 */
export async function askCredentialHelper(question: HelperQuestion, timeoutMs = TIMEOUT_MS): Promise<Credentials> {
  const { name, serverAddress } = question;
  const source = `docker-credential-${name}, named by ${question.source}`;
  const { status, output } = await run(question, source, timeoutMs);
  if (output.trim() === NOT_FOUND) {
    return { kind: "anonymous", source };
  }
  if (status !== 0) {
    throw helperError(
      "CREDENTIAL_HELPER_FAILED",
      source,
      `has no login for ${serverAddress} (exit ${status}): run \`echo ${serverAddress} | docker-credential-${name} get\` to see why`,
    );
  }
  return readHelperAnswer(output, source);
}

/** The login in a helper's JSON. Throws OciError CREDENTIAL_HELPER_INVALID. */
export function readHelperAnswer(output: string, source: string): Credentials {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    answer = undefined; // No cause: the text may hold the secret.
  }
  const { Username: username, Secret: secret } = isRecord(answer) ? answer : {};
  if (typeof username !== "string" || typeof secret !== "string") {
    throw helperError("CREDENTIAL_HELPER_INVALID", source, "answers without `Username` and `Secret`: update it");
  }
  if (username === "" && secret === "") {
    return { kind: "anonymous", source };
  }
  return username === TOKEN_USER
    ? { kind: "identityToken", token: secret, source }
    : { kind: "password", username, password: secret, source };
}

function run(
  question: HelperQuestion,
  source: string,
  timeoutMs: number,
): Promise<{ status: number | string; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${question.name}`, ["get"], { stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (error: OciError): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      // A grandchild may hold the pipe open: it must not keep this process waiting.
      child.stdout.destroy();
      child.stdin.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      const reason = `does not answer within ${timeoutMs / 1000} s: unlock its store or log in again without it`;
      end(helperError("CREDENTIAL_HELPER_TIMEOUT", source, reason));
    }, timeoutMs);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_OUTPUT) {
        end(helperError("CREDENTIAL_HELPER_INVALID", source, `prints more than ${MAX_OUTPUT} bytes: update it`));
      }
    });
    child.stdin.on("error", () => undefined); // It may end without reading; its exit tells.
    child.once("error", (error: NodeJS.ErrnoException) => {
      const reason = `cannot be started (${error.code ?? "unknown"}): install it on PATH, or log in again without it`;
      end(helperError("CREDENTIAL_HELPER_NOT_FOUND", source, reason));
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ status: code ?? signal ?? "unknown", output: Buffer.concat(chunks).toString("utf8") });
    });
    child.stdin.end(`${question.serverAddress}\n`);
  });
}

function helperError(code: OciErrorCode, source: string, reason: string): OciError {
  return new OciError(code, `The credential helper ${source}, ${reason}.`);
}
