import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { Repository } from "../../components/oci/repository";
import { NOTARY_SIGNATURE_ARTIFACT_TYPE } from "../../components/oci/signatureRepository";
import type { Summary } from "../../scripts/commands/summary";
import type { ProjectCopy } from "../support/project";
import { toolPath } from "../support/tools";

const run = promisify(execFile);

/** Everything that the stack makes. */
export const LOCAL = ".breakwater/stacks/local";
export const POLICY = "stacks/local/trust/trustpolicy.json";

/** What the registry has under the image's repository, seen by a client of our own. */
export function repositoryOf(project: ProjectCopy, { registry }: Pick<Summary, "registry">): Repository {
  const connection = {
    host: new URL(registry).host,
    caFile: project.path(LOCAL, "certificate/root.pem"),
    dockerConfig: project.path(LOCAL, "registry/docker"),
  };
  return new Repository({ connection, repository: "notation-project/net-monitor" });
}

/** Digests of the image's signatures. */
export async function signaturesOf(project: ProjectCopy, summary: Summary): Promise<string[]> {
  const found = await repositoryOf(project, summary).referrers(summary.image.digest, NOTARY_SIGNATURE_ARTIFACT_TYPE);
  return found.map(({ digest }) => digest);
}

/** Standard output of the notation CLI with the stack's trust as its configuration. */
export async function notation(project: ProjectCopy, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    NOTATION_CONFIG: project.path(LOCAL, "trust"),
    DOCKER_CONFIG: project.path(LOCAL, "registry/docker"),
    SSL_CERT_FILE: project.path(LOCAL, "certificate/root.pem"),
  };
  return (await run(toolPath("notation"), args, { env })).stdout;
}

/** Digests that `notation list` shows as signatures of the image. */
export async function listedByNotation(project: ProjectCopy, { image }: Summary): Promise<string[]> {
  const shown = await notation(project, "list", image.reference);
  return [...shown.matchAll(/[└├]── (sha256:[0-9a-f]{64})/g)].map(([, digest = ""]) => digest);
}

/** Runs the command that the summary prints, in a shell that knows nothing else; throws when it fails. */
export async function prove({ verifyCommand }: Summary): Promise<string> {
  const { stdout, stderr } = await run("bash", ["-c", verifyCommand], { env: { HOME: "/nonexistent" } });
  return stdout + stderr;
}

/** Files below a folder as absolute paths; none when the folder is missing. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The engine's state, byte for byte. */
export function checkpoint(project: ProjectCopy): Promise<string> {
  return readFile(project.path(".breakwater/state/.pulumi/stacks/breakwater/local.json"), "utf8");
}

/** The random password of the registry's login. */
export async function registryPassword(project: ProjectCopy): Promise<string> {
  const text = await readFile(project.path(LOCAL, "registry/docker/config.json"), "utf8");
  const { auths } = JSON.parse(text) as { auths: Record<string, { auth: string }> };
  const login = Buffer.from(Object.values(auths)[0]?.auth ?? "", "base64").toString();
  return login.slice(login.indexOf(":") + 1);
}

/** Previews; expects this resource to be updated for this reason, and nothing to have happened. Resolves to all that is shown. */
export async function expectDrift(project: ProjectCopy, resource: string, reason: RegExp): Promise<string[]> {
  const before = await checkpoint(project);
  const { resources } = await project.preview();
  const shown = resources.find((change) => change.resource === resource);
  expect(shown, JSON.stringify(resources)).toMatchObject({
    operation: "update",
    reason: expect.stringMatching(reason),
  });
  expect(await checkpoint(project)).toBe(before);
  return resources.map((change) => change.resource);
}

/** Something was mended by updates alone, and the result is the same as before. */
export function expectMended({ changes, ...now }: Summary, { changes: _, ...before }: Summary): void {
  expect(now).toStrictEqual(before);
  expect(changes).toMatchObject({ create: 0, delete: 0 });
  expect(changes.update).toBeGreaterThan(0);
}

export async function expectNothingToDo(project: ProjectCopy): Promise<void> {
  expect((await project.preview()).changes).toEqual({ create: 0, update: 0, delete: 0, same: 17 });
}

/** The image has this one signature and no other, in our eyes and in notation's, and it verifies. */
export async function expectOneSignature(project: ProjectCopy, summary: Summary): Promise<void> {
  expect(await signaturesOf(project, summary)).toEqual([summary.signature.digest]);
  expect(await listedByNotation(project, summary)).toEqual([summary.signature.digest]);
  await prove(summary);
}
