import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runDocker } from "../../components/docker/cli";
import { DockerError } from "../../components/docker/error";

// What matters here is how a command is run and how its end is told: a script in the place of `docker` says exactly what.

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "docker-cli-"));
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe("runDocker", () => {
  it("hands on arguments without a shell, and standard input, and returns standard output", async () => {
    await docker('printf "%s|" "$@"; cat');
    expect(await runDocker(["a b", "$(id)", "'"], { input: "password" })).toBe("a b|$(id)|'|password");
  });

  it("hands on a stream, and throws the stream's own error", async () => {
    await docker("cat");
    expect(await runDocker(["load"], { input: Readable.from(["a", "b"]) })).toBe("ab");
    const broken = new Error("the archive is cut");
    const input = new Readable({ read: () => input.destroy(broken) });
    await expect(runDocker(["load"], { input })).rejects.toBe(broken);
  });

  it("survives a command that does not read its input", async () => {
    await docker("exit 0");
    expect(await runDocker(["load"], { input: "x".repeat(1_000_000) })).toBe("");
  });

  it("gives each line of both outputs as it comes, also the last without an end", async () => {
    await docker('printf "one\\ntwo"; printf "three\\r\\nfour\\n" >&2');
    const lines: string[] = [];
    await runDocker(["up"], { onLine: (line) => lines.push(line) });
    expect(lines.sort()).toEqual(["four", "one", "three", "two"]);
  });

  it("writes standard output to a stream", async () => {
    await docker("head -c 300000 /dev/zero");
    let bytes = 0;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done();
      },
    });
    expect(await runDocker(["save"], { stdoutTo: sink })).toBe("");
    expect(bytes).toBe(300_000);
  });

  it("ends the command, and throws the stream's own error, when the stream can't take its output", async () => {
    await docker("exec cat /dev/zero");
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(full) });
    await expect(runDocker(["save"], { stdoutTo: sink })).rejects.toBe(full);
  });

  it("tells an engine that does not answer from a command that failed", async () => {
    await docker('echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1');
    await expectCode(runDocker(["info"]), "DOCKER_ENGINE_UNREACHABLE");
    await docker('echo "No such container: x" >&2; exit 1');
    const error = await expectCode(runDocker(["inspect", "x"]), "DOCKER_COMMAND_FAILED");
    expect(error.message).toContain("No such container: x");
  });

  it("names a missing command", async () => {
    vi.stubEnv("PATH", folder);
    await expectCode(runDocker(["info"]), "DOCKER_MISSING");
  });

  it("ends a command that takes too long", async () => {
    await docker("exec sleep 60");
    await expectCode(runDocker(["compose", "up"], { timeoutMs: 100 }), "DOCKER_TIMEOUT");
  });

  it("does not wait for what such a command has started, as an old `docker` has its plugin for Compose", async () => {
    await docker("sleep 30 & wait");
    const started = Date.now();
    await expectCode(runDocker(["compose", "up"], { timeoutMs: 100 }), "DOCKER_TIMEOUT");
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it("bounds what it keeps of an output", async () => {
    await docker("head -c 70000000 /dev/zero");
    await expectCode(runDocker(["logs"]), "DOCKER_OUTPUT_TOO_LARGE");
  });
});

async function docker(script: string): Promise<void> {
  const file = path.join(folder, "docker");
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

async function expectCode(promise: Promise<unknown>, code: string): Promise<DockerError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DockerError);
  expect((error as DockerError).code).toBe(code);
  return error as DockerError;
}
