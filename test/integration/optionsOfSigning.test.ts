import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Summary } from "../../scripts/commands/summary";
import { copyProject, type ProjectCopy } from "../support/project";
import { listedByNotation, notation, prove } from "./support";

// How an image is signed and what its gate asks for, declared in a stack as a person would, with the real engine.

const METADATA = '{ "io.wabbit-networks.buildId": "1" }';

let project: ProjectCopy;
let first: Summary;
beforeAll(async () => {
  project = await copyProject();
  await declare({
    "image: pushed, identity: wabbit, trust": `format: "cose", expiry: "24h", userMetadata: ${METADATA}, acceptWeaker: ["revocation"]`,
    "image: signed, trust": `userMetadata: ${METADATA}, acceptWeaker: ["revocation"]`,
  });
  first = await project.json();
});
afterAll(() => project?.remove());

/** Writes these declarations into the program of the copy's stack, each behind a text that stands there once. */
async function declare(changes: Readonly<Record<string, string>>): Promise<void> {
  const file = project.path("stacks/local.ts");
  let program = await readFile(file, "utf8");
  for (const [before, declaration] of Object.entries(changes)) {
    expect(program.split(before)).toHaveLength(2);
    program = program.replace(before, `${before}, ${declaration}`);
  }
  await writeFile(file, program);
}

it("`npm start` signs as the stack declares, and its gate asks for that; the next one changes nothing", async () => {
  expect(first).toMatchObject({ verdict: "verified", changes: { create: 17, update: 0, delete: 0, same: 0 } });
  expect(await prove(first)).toContain(first.image.digest);
  const { reference } = first.image;
  await notation(project, "verify", "--user-metadata", "io.wabbit-networks.buildId=1", reference);
  await expect(
    notation(project, "verify", "--user-metadata", "io.wabbit-networks.buildId=2", reference),
  ).rejects.toThrow();
  expect(await listedByNotation(project, first)).toEqual([first.signature.digest]);

  const inspected = await notation(project, "inspect", reference);
  expect(inspected).toContain("application/cose");
  expect(inspected).toContain("io.wabbit-networks.buildId: 1");
  expect(inspected).toMatch(/expiry: /i);

  const { code, stdout } = await project.start();
  expect(code).toBe(0);
  expect(stdout).toContain("No changes");
  expect(await listedByNotation(project, first)).toEqual([first.signature.digest]);
});
