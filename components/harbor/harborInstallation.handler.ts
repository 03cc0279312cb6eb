import path from "node:path";
import { messageOf } from "../errors";
import { resolvePath } from "../files/paths";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import type { HarborInstallationInputs, HarborInstallationOutputs } from "./installation/inputs";
import { converge } from "./installation/install";
import { portsOf } from "./installation/layout";
import { driftOfInstallation } from "./installation/observe";
import { fitsHarbor, PATH_RULE } from "./installation/paths";
import { removeInstallation } from "./installation/remove";
import { requireNoDowngrade, requireSupported } from "./installation/version";

/** A Harbor on this machine by Docker Compose, the way its own installer does it. */
export const harborInstallation: ResourceDefinition<HarborInstallationInputs, HarborInstallationOutputs> = {
  // `installer` and `healthTimeoutSeconds` say how to get there, not what is there.
  compared: [
    "version",
    "hostname",
    "directory",
    "dataDirectory",
    "adminPassword",
    "certificate",
    "tls",
    "withTrivy",
    "httpPort",
    "httpsPort",
    "deleteData",
  ],

  async check(news, olds) {
    checkVersion(news, olds);
    checkHostname(news.hostname);
    for (const name of ["directory", "dataDirectory"] as const) checkFolder(name, news[name], olds[name]);
    checkApart(news);
    for (const name of ["httpPort", "httpsPort"] as const) checkPort(name, news[name]);
    checkPortsDiffer(news);
    if (news.installer && !isUnknown(news.installer) && !/^[0-9a-f]{64}$/i.test(news.installer.sha256)) {
      throw new PropertyError("installer", "`sha256` is 64 hexadecimal digits, as `sha256sum` prints them");
    }
    return news;
  },

  async create(inputs) {
    const outputs = await converge(inputs);
    return { id: inputs.directory, outputs };
  },

  async observe(state) {
    return { drift: await driftOfInstallation(state) };
  },

  update: (state, inputs) => converge(inputs, state),
  delete: removeInstallation,
};

function checkVersion(news: HarborInstallationInputs, olds: Partial<HarborInstallationInputs>): void {
  if (isUnknown(news.version)) return;
  try {
    requireSupported(news.version);
    if (olds.version !== undefined) requireNoDowngrade(olds.version, news.version);
  } catch (error) {
    throw new PropertyError("version", messageOf(error), { cause: error });
  }
}

function checkHostname(hostname: string): void {
  if (isUnknown(hostname)) return;
  if (hostname === "127.0.0.1" || !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(hostname)) {
    throw new PropertyError("hostname", "a DNS name that clients reach this machine by, without scheme, port or path");
  }
}

function checkFolder(name: "directory" | "dataDirectory", folder: string, before: string | undefined): void {
  if (isUnknown(folder)) return;
  if (name === "dataDirectory" && !path.isAbsolute(folder))
    throw new PropertyError(name, `${folder} is relative: ${PATH_RULE}`);
  if (!fitsHarbor(resolvePath(folder))) throw new PropertyError(name, PATH_RULE);
  if (before === undefined || path.relative(resolvePath(before), resolvePath(folder)) === "") return;
  throw new PropertyError(
    name,
    `an installation is not moved from ${before} to ${folder}, since an empty Harbor would come up there. ` +
      "Destroy it (the data stay), move the folder by hand, and run `up`",
  );
}

/** Either folder is written, backed up and removed as a whole. */
function checkApart({ directory, dataDirectory }: HarborInstallationInputs): void {
  if (isUnknown(directory) || isUnknown(dataDirectory)) return;
  const [one, other] = [resolvePath(directory), resolvePath(dataDirectory)];
  if (!holds(one, other) && !holds(other, one)) return;
  throw new PropertyError(
    "dataDirectory",
    `${other} and \`directory\` (${one}) are the same folder, or one is in the other: name two folders beside each other`,
  );
}

function holds(folder: string, other: string): boolean {
  return `${other}/`.startsWith(`${folder === "/" ? "" : folder}/`);
}

function checkPortsDiffer(news: HarborInstallationInputs): void {
  if ([news.httpPort, news.httpsPort].some(isUnknown)) return;
  const { http, https } = portsOf(news);
  if (http !== https) return;
  const name = news.httpPort === undefined ? "httpsPort" : "httpPort";
  throw new PropertyError(
    name,
    `port ${http} can't be both, HTTP's (80 when left out) and HTTPS's (443 when left out)`,
  );
}

function checkPort(name: "httpPort" | "httpsPort", port: number | undefined): void {
  if (port === undefined || isUnknown(port)) return;
  if (!Number.isInteger(port) || port < 1 || port > 65_534) throw new PropertyError(name, "a TCP port: 1 to 65534");
}
