import type { HarborClient } from "./client";
import { Fields } from "./fields";
import { recordOf } from "./responses";

export interface Health {
  readonly status: "healthy" | "unhealthy";
  readonly components: readonly ComponentHealth[];
}

export interface ComponentHealth {
  readonly name: string;
  readonly status: "healthy" | "unhealthy";
  /** Harbor's own words, shortened. */
  readonly error?: string;
}

const MAX_TEXT = 300;

/**
 * What Harbor says of its parts, asked once and without the login. Harbor answers 200 with sick parts as well, and what it says
 * is 6 to 15 s old. Throws HarborApiError HARBOR_UNREACHABLE or HARBOR_UNHEALTHY while Harbor's core does not answer.
 */
export async function readHealth(client: HarborClient): Promise<Health> {
  const what = "Reading Harbor's health";
  const response = await client.send({ method: "GET", path: "health", what, anonymous: true });
  const fields = new Fields(recordOf(response, what), "Harbor's health");
  const components = fields.list("components").map(readComponent);
  // Each part counts, whatever the sum says; and no part at all is no health.
  const healthy = components.length > 0 && components.every(({ status }) => status === "healthy");
  return { status: healthy && fields.text("status") === "healthy" ? "healthy" : "unhealthy", components };
}

function readComponent(fields: Fields): ComponentHealth {
  const error = fields
    .textOr("error", "")
    .replace(/[^\x20-\x7e]+/g, " ")
    .slice(0, MAX_TEXT);
  const status = fields.text("status") === "healthy" ? "healthy" : "unhealthy";
  return { name: fields.text("name"), status, ...(error !== "" && { error }) };
}
