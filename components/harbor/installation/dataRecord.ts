import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../../files/ownedFiles";
import { HarborInstallationError } from "./error";
import type { Layout } from "./layout";

/**
 * What belongs to the data and not to the stack: data that outlives an installation is no use without its database's
 * password, and must never meet an older release.
 */
export interface DataRecord {
  /** The newest release that was started on this data. */
  readonly version: string;
  readonly databasePassword: string;
}

/** The record of this data folder; undefined when it holds no Harbor's data yet. */
export async function readRecord(layout: Layout): Promise<DataRecord | undefined> {
  const text = await readFile(layout.record, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) return parse(layout.record, text);
  if (!(await hasDatabase(layout))) return undefined;
  throw unknownData(layout, ["database"]);
}

/** Of data that were made by somebody else, or by hand. */
export function unknownData(layout: Layout, names: readonly string[]): HarborInstallationError {
  return new HarborInstallationError(
    "HARBOR_DATA_UNKNOWN",
    `${layout.data} holds ${names.join(", ")} that no installation from here has made. Name an empty folder as \`dataDirectory\`; or if ` +
      "they are a Harbor's that this one takes over, stop it and write its version and database password (both from its harbor.yml) " +
      `as {"version": "X.Y.Z", "databasePassword": "…"} into ${layout.record}, mode 0600`,
  );
}

/** True when a Harbor was started on this data folder. */
export async function hasDatabase(layout: Layout): Promise<boolean> {
  const entries = await readdir(path.join(layout.data, "database")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.length > 0;
}

export async function writeRecord(layout: Layout, record: DataRecord): Promise<void> {
  await writeAtomically(layout.record, { content: `${JSON.stringify(record)}\n`, secret: true });
}

/** For a data folder that is new. The password begins with a letter, so that no YAML reader takes it for a number. */
export function newRecord(version: string): DataRecord {
  return { version, databasePassword: `p${randomBytes(24).toString("hex")}` };
}

function parse(file: string, text: string): DataRecord {
  try {
    const { version, databasePassword } = JSON.parse(text) as Partial<DataRecord>;
    if (typeof version === "string" && typeof databasePassword === "string") return { version, databasePassword };
  } catch {
    // said below, without the text
  }
  throw new HarborInstallationError("HARBOR_DATA_UNKNOWN", `${file} is no record of a Harbor's data; it was edited`);
}
