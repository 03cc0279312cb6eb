import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { BreakwaterError } from "../../../components/errors";
import type { HarborInstallationInputs } from "../../../components/harbor/installation/inputs";
import { type Layout, layoutOf } from "../../../components/harbor/installation/layout";

/** A folder of the test's own, with what an installation is declared by. */
export interface Place {
  folder: string;
  inputs: HarborInstallationInputs;
  layout: Layout;
}

export async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "breakwater-harbor-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const inputs: HarborInstallationInputs = {
    version: "2.15.2",
    hostname: "harbor.example.org",
    directory: join(folder, "harbor"),
    dataDirectory: join(folder, "data"),
    adminPassword: "Harbor-Test-1",
    certificate: "id",
    tls: { chainFile: join(folder, "chain.pem"), keyFile: join(folder, "key.pem") },
  };
  return { folder, inputs, layout: layoutOf(inputs) };
}

/** Puts a shell script in the place of `docker`; returns what it was called with, a line for each call. */
export async function scriptDocker(script: string): Promise<() => Promise<string[]>> {
  const folder = await mkdtemp(join(tmpdir(), "breakwater-docker-"));
  const calls = join(folder, "calls");
  await writeFile(join(folder, "docker"), `#!/bin/sh\necho "$*" >> ${calls}\n${script}\n`);
  await chmod(join(folder, "docker"), 0o755);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });
  return async () => (await readFile(calls, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
}

/** Writes a file and the folders above it. */
export async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

export async function expectCode(work: () => unknown, code: string): Promise<Error> {
  let thrown: unknown;
  try {
    await work();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(BreakwaterError);
  expect((thrown as BreakwaterError).code).toBe(code);
  return thrown as BreakwaterError;
}
