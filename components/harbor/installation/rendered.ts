import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { driftOfOwnedFiles, type OwnedFile, writeAtomically, writeOwnedFiles } from "../../files/ownedFiles";
import { harborYml, withSecrets } from "./harborYml";
import type { HarborInstallationInputs } from "./inputs";
import { type Layout, layoutOf, portsOf } from "./layout";
import { configurationVersion } from "./version";

/** What `prepare` was last run to its end for, as `rendered.json` keeps it: no secret in it. */
interface Rendered {
  /** SHA-256 of all that `prepare` was given, the admin password excepted: that one counts at the first start alone. */
  readonly configuration: string;
  /** harbor.yml as `prepare migrate` left it, with words for the secrets. */
  readonly migrated: string;
}

/** harbor.yml for `prepare migrate` to carry over from the format of `release` to its own. */
export function harborYmlToMigrate(inputs: HarborInstallationInputs, release = inputs.version): string {
  const layout = layoutOf(inputs);
  const { http, https } = portsOf(inputs);
  return harborYml({
    hostname: inputs.hostname,
    httpPort: http,
    httpsPort: https,
    chainFile: layout.certificate.chain,
    keyFile: layout.certificate.key,
    dataDirectory: layout.data,
    version: configurationVersion(release),
  });
}

/** harbor.yml whole: 0600. */
export function harborYmlFile(inputs: HarborInstallationInputs, databasePassword: string, migrated: string): OwnedFile {
  const { adminPassword } = inputs;
  return { name: "harbor.yml", content: withSecrets(migrated, { adminPassword, databasePassword }), secret: true };
}

/** True when `prepare` has to run: not run to its end yet, for another configuration, or a file of it is gone. */
export async function isRenderingDue(inputs: HarborInstallationInputs): Promise<boolean> {
  const layout = layoutOf(inputs);
  const files = [layout.composeFile, layout.served.chain, layout.served.key];
  return (await readRendered(layout))?.configuration !== configurationOf(inputs) || !files.every(existsSync);
}

/** Said before `prepare` begins: one that is killed is run again, and what it left in the folder is ours. */
export async function beginRendering(layout: Layout): Promise<void> {
  await writeAtomically(layout.rendered, { content: "{}\n" });
}

export async function keepRendered(inputs: HarborInstallationInputs, migrated: string): Promise<void> {
  const kept: Rendered = { configuration: configurationOf(inputs), migrated };
  await writeAtomically(layoutOf(inputs).rendered, { content: `${JSON.stringify(kept)}\n` });
}

/** Undoes an edit of harbor.yml, or puts another admin password there; nothing is rendered anew for it. */
export async function repairHarborYml(inputs: HarborInstallationInputs, databasePassword: string): Promise<void> {
  const layout = layoutOf(inputs);
  const rendered = await readRendered(layout);
  if (rendered) await writeOwnedFiles(layout.directory, [harborYmlFile(inputs, databasePassword, rendered.migrated)]);
}

/** Says in words how the files of an installation differ from what was written; empty when nothing does. */
export async function driftOfRendered(inputs: HarborInstallationInputs, databasePassword: string): Promise<string> {
  const layout = layoutOf(inputs);
  const rendered = await readRendered(layout);
  if (rendered === undefined || (await isRenderingDue(inputs))) return "its configuration is not rendered to the end";
  return await driftOfOwnedFiles(layout.directory, [harborYmlFile(inputs, databasePassword, rendered.migrated)]);
}

function configurationOf(inputs: HarborInstallationInputs): string {
  const given = [inputs.version, inputs.withTrivy ?? false, harborYmlToMigrate(inputs)];
  return createHash("sha256").update(JSON.stringify(given)).digest("hex");
}

async function readRendered(layout: Layout): Promise<Rendered | undefined> {
  try {
    return JSON.parse(await readFile(layout.rendered, "utf8")) as Rendered;
  } catch {
    return undefined; // none, or not whole: rendering again is always right
  }
}
