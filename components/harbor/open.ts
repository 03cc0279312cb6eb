import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { messageOf } from "../errors";
import { resolvePath } from "../files/paths";
import { configuredSecret } from "../provider/configuration";
import { HarborClient } from "./api/client";
import type { HarborConnection } from "./connection";
import { HarborError } from "./error";

const clients = new Map<string, HarborClient>();

/**
 * The client of a Harbor; one for all that is declared with the same login, so that it is checked once.
 * Throws ConfigurationError CONFIGURATION_MISSING and HarborError CA_UNREADABLE.
 */
export function openHarbor(connection: HarborConnection): HarborClient {
  return openAs(connection, connection.username, configuredSecret(connection.passwordKey));
}

/** The same Harbor with another login, to see whether it is one; never shared, so that it is looked at each time. */
export function openHarborAs(connection: HarborConnection, username: string, password: string): HarborClient {
  return new HarborClient(optionsOf(connection, username, password));
}

function openAs(connection: HarborConnection, username: string, password: string): HarborClient {
  const options = optionsOf(connection, username, password);
  const key = createHash("sha256").update(JSON.stringify(options)).digest("hex");
  const client = clients.get(key) ?? new HarborClient(options);
  clients.set(key, client);
  return client;
}

function optionsOf({ url, caFile }: HarborConnection, username: string, password: string) {
  return { url, username, password, ...(caFile !== undefined && { ca: readCa(caFile) }) };
}

function readCa(file: string): string {
  try {
    return readFileSync(resolvePath(file), "utf8");
  } catch (error) {
    throw new HarborError(
      "CA_UNREADABLE",
      `the CA of Harbor's certificate can't be read: ${messageOf(error)}. Correct the path in \`caFile\``,
    );
  }
}
