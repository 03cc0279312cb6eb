import { readCredentials } from "../../oci/credentials";
import { Login } from "../../oci/login";
import type { InventoryContext } from "./context";
import { InventoryError } from "./error";

export interface HarborLogin {
  readonly username: string;
  readonly password: string;
  /** Where it was found, for messages. */
  readonly source: string;
}

/**
 * The login to a Harbor's API: HARBOR_USERNAME and HARBOR_PASSWORD, else Docker's for that host. Harbor's registry has the same.
 * Throws InventoryError HARBOR_LOGIN_MISSING, OciError of the Docker configuration and its helpers.
 */
export async function harborLogin(host: string, context: InventoryContext): Promise<HarborLogin> {
  const { HARBOR_USERNAME: username = "", HARBOR_PASSWORD: password = "" } = context.environment;
  if (username !== "" && password !== "") return { username, password, source: "HARBOR_USERNAME and HARBOR_PASSWORD" };
  const login = new Login(readCredentials(host, context.connectionTo(host).dockerConfig));
  const credentials = await login.credentials();
  if (credentials.kind === "password") return credentials;
  throw new InventoryError(
    "HARBOR_LOGIN_MISSING",
    `No login to ${host} with a password was found (${login.source}): log in by docker login ${host}, or set HARBOR_USERNAME and HARBOR_PASSWORD.`,
  );
}
