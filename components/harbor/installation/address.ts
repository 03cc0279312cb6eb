import { readFile } from "node:fs/promises";
import { resolvePath } from "../../files/paths";
import { HarborClient } from "../api/client";
import type { HarborInstallationInputs } from "./inputs";
import { urlOf } from "./layout";

/** What is needed to reach an installed Harbor. */
export type Address = Pick<HarborInstallationInputs, "hostname" | "httpsPort" | "tls">;

/** For what Harbor tells everybody: its health. */
export async function anonymousClient(address: Address): Promise<HarborClient> {
  return await adminClient(address, "");
}

export async function adminClient(address: Address, password: string): Promise<HarborClient> {
  const { rootFile } = address.tls;
  const ca = rootFile === undefined ? undefined : await readFile(resolvePath(rootFile), "utf8");
  return new HarborClient({ url: urlOf(address), username: "admin", password, ...(ca !== undefined && { ca }) });
}
