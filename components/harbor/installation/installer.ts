import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { runDocker } from "../../docker/cli";
import { BreakwaterError, messageOf } from "../../errors";
import { resolvePath } from "../../files/paths";
import { HarborInstallationError } from "./error";
import type { HarborInstallationInputs } from "./inputs";

type Installer = NonNullable<HarborInstallationInputs["installer"]>;

const LOAD_MS = 30 * 60_000;

/**
 * Loads the images of an offline installer (harbor-offline-installer-vX.tgz, as released) into the engine, after its
 * checksum was compared. An archive of the images alone (`docker save`) will do as well.
 */
export async function loadInstaller(installer: Installer, progress: (line: string) => void): Promise<void> {
  const file = resolvePath(installer.path);
  const sha256 = await checksum(file);
  if (sha256 !== installer.sha256.toLowerCase()) {
    throw invalid(
      file,
      `its SHA-256 is ${sha256}, and ${installer.sha256} was given. Fetch it again, and the sum from its publisher`,
    );
  }
  progress(`loading the images of ${file} into the engine`);
  if (!(await loadInnerArchive(file))) await runDocker(["load", "--input", file], { timeoutMs: LOAD_MS });
}

async function checksum(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw invalid(file, `it can't be read: ${messageOf(error)}`);
  }
  return hash.digest("hex");
}

/** Feeds the installer's `harbor/harbor.vX.tar.gz` to `docker load`; false when the archive is none of the released form. */
async function loadInnerArchive(file: string): Promise<boolean> {
  const entries = extract();
  let failure: unknown;
  const reading = pipeline(createReadStream(file), createGunzip(), entries).catch((error: unknown) => {
    failure = error;
  });
  try {
    for await (const entry of entries) {
      if (/^(\.\/)?harbor\/harbor\.[^/]*\.tar\.gz$/.test(entry.header.name)) {
        await runDocker(["load"], { input: Readable.from(entry), timeoutMs: LOAD_MS });
        return true;
      }
      // The images stand beside scripts in the released form; in an archive of images they are the first thing.
      if (!/^(\.\/)?harbor\//.test(entry.header.name)) return false;
      entry.resume();
    }
  } catch (error) {
    if (error instanceof BreakwaterError) throw error;
    failure ??= error;
  } finally {
    entries.destroy();
    await reading;
  }
  if ((failure as NodeJS.ErrnoException | undefined)?.code === "Z_DATA_ERROR") return false; // not gzip: `docker load` may know it
  throw invalid(file, failure ? messageOf(failure) : "it holds no harbor/harbor.vX.tar.gz");
}

function invalid(file: string, why: string): HarborInstallationError {
  return new HarborInstallationError("HARBOR_INSTALLER_INVALID", `offline installer ${file}: ${why}`);
}
