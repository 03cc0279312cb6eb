import { readFile } from "node:fs/promises";
import { resolvePath } from "../../files/paths";
import { HarborClient } from "../api/client";
import type { HarborInstallationInputs } from "./inputs";
import { urlOf } from "./layout";

/** What is needed to reach an installed Harbor. */
export type Address = Pick<HarborInstallationInputs, "hostname" | "httpsPort" | "tls">;

/** The engine publishes Harbor's ports on every address of its machine, which is this one. */
const THIS_MACHINE = "127.0.0.1";

/** For what Harbor tells everybody: its health. */
export async function anonymousClient(address: Address): Promise<HarborClient> {
  return await adminClient(address, "");
}

/**
 * Asks this machine, whatever the DNS says of the hostname: a record that points elsewhere sends the password to nobody else,
 * and a network that does not lead back to itself is none in the way. The certificate is checked for the hostname all the same.
 */
export async function adminClient(address: Address, password: string): Promise<HarborClient> {
  const { rootFile } = address.tls;
  const ca = rootFile === undefined ? undefined : await readFile(resolvePath(rootFile), "utf8");
  const login = { username: "admin", password };
  return new HarborClient({ url: urlOf(address), address: THIS_MACHINE, ...login, ...(ca !== undefined && { ca }) });
}
