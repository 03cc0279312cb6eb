import { deleteOwnedFiles, driftOfOwnedFiles, type OwnedFile, writeOwnedFiles } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import { dockerConfigWith } from "../oci/dockerConfig";
import { HarborApiError } from "./api/error";
import type { HarborConnection } from "./connection";
import { openHarborAs } from "./open";

/** A login at a registry, and where its file is. */
export interface RobotLogin {
  readonly harbor: HarborConnection;
  /** `host[:port]`, as images are named. */
  readonly host: string;
  /** Relative to the project's folder. */
  readonly directory: string;
  readonly username: string;
  readonly secret: string;
}

/** The docker configuration is in a folder of its own, which clients are given. */
export const DOCKER_DIRECTORY = "docker";

/** False when Harbor refuses it: another secret, disabled, expired. Throws HarborApiError when Harbor can't be asked. */
export async function isAccepted({ harbor, username, secret }: RobotLogin): Promise<boolean> {
  try {
    await openHarborAs(harbor, username, secret).authenticate();
    return true;
  } catch (error) {
    if (error instanceof HarborApiError && error.code === "HARBOR_UNAUTHORIZED") return false;
    throw error;
  }
}

export async function writeLogin(login: RobotLogin): Promise<void> {
  await writeOwnedFiles(resolvePath(login.directory), filesOf(login));
}

export function driftOfLogin(login: RobotLogin): Promise<string> {
  return driftOfOwnedFiles(resolvePath(login.directory), filesOf(login));
}

/** Leaves a file alone that another robot's login has taken the place of. */
export async function deleteLogin(login: RobotLogin): Promise<void> {
  await deleteOwnedFiles(resolvePath(login.directory), filesOf(login));
}

function filesOf({ host, username, secret }: RobotLogin): OwnedFile[] {
  const content = dockerConfigWith(host, { username, password: secret });
  return [{ name: `${DOCKER_DIRECTORY}/config.json`, content, secret: true }];
}
