import { HarborInstallationError } from "./error";

/** The oldest release whose harbor.yml, images and container names are the ones written here. */
export const OLDEST = "2.13.0";
/** The newest release whose harbor.yml is known here; `prepare migrate` of a newer one adds what it has more. */
const NEWEST_CONFIGURATION = "2.15.0";

/** Throws `HARBOR_VERSION_UNSUPPORTED` for a version that is none, or older than 2.13. */
export function requireSupported(version: string): void {
  if (!/^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(version)) {
    throw new HarborInstallationError(
      "HARBOR_VERSION_UNSUPPORTED",
      `${JSON.stringify(version)} is no Harbor version. Write it as its releases are named, without v: 2.15.2`,
    );
  }
  if (compareVersions(version, OLDEST) < 0) {
    throw new HarborInstallationError(
      "HARBOR_VERSION_UNSUPPORTED",
      `Harbor ${version} is older than ${OLDEST}, the oldest that is installed here: name ${OLDEST} or a newer release`,
    );
  }
}

/** Throws `HARBOR_DOWNGRADE_REFUSED` when `version` is older than the one that the data have met. */
export function requireNoDowngrade(installed: string, version: string): void {
  if (compareVersions(version, installed) >= 0) return;
  throw new HarborInstallationError(
    "HARBOR_DOWNGRADE_REFUSED",
    `Harbor ${installed} is installed, and its database can't go back to ${version}: Harbor supports no downgrade. ` +
      `Set version ${installed} or a newer one; a restore by hand starts from the backup that the upgrade made`,
  );
}

/** Negative when `a` is older than `b`, 0 when they are equal. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** harbor.yml's `_version`: the format of a minor release, as far as it is known here. */
export function configurationVersion(version: string): string {
  const minor = `${version.split(".").slice(0, 2).join(".")}.0`;
  return compareVersions(minor, NEWEST_CONFIGURATION) > 0 ? NEWEST_CONFIGURATION : minor;
}

/** The image that renders configuration and composition of a release. */
export function prepareImage(version: string): string {
  return `goharbor/prepare:v${version}`;
}
