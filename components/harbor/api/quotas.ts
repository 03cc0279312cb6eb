import type { HarborClient } from "./client";
import { HarborApiError } from "./error";
import { listAll } from "./pages";
import { path } from "./path";
import { settle } from "./settle";

/** How much a project may hold. */
export interface Quota {
  readonly id: number;
  /** Bytes; -1: no limit. */
  readonly storage: number;
  /** Bytes. */
  readonly used: number;
}

/** The quota of a project, by the project's id. Throws HarborApiError, HARBOR_FORBIDDEN for who is no administrator. */
export async function findQuota(client: HarborClient, projectId: number): Promise<Quota | undefined> {
  const [quota] = await listAll(
    client,
    {
      path: "quotas",
      query: { reference: "project", reference_id: projectId },
      what: `Reading the quota of project ${projectId}`,
    },
    (entry): Quota => ({
      id: entry.integer("id"),
      storage: entry.fields("hard").integer("storage"),
      used: entry.fieldsOr("used").integerOr("storage", 0),
    }),
    ({ id }) => id,
  );
  return quota;
}

/** Sets a quota by its own id. A limit below what is used is accepted: pushes fail from then on. Throws HarborApiError. */
export async function updateQuota(client: HarborClient, quotaId: number, storage: number): Promise<void> {
  assertStorage(storage);
  const request = { path: path`quotas/${quotaId}`, body: { hard: { storage } }, what: `Setting quota ${quotaId}` };
  const write = () => client.send({ ...request, method: "PUT" }).then(() => true);
  // The same write again does the same: there is nothing to look for in between.
  await settle(write, async () => undefined);
}

/** Throws HarborApiError HARBOR_REQUEST_REFUSED: zero makes a project without a limit, and no limit is -1. */
export function assertStorage(storage: number): void {
  if (storage === -1 || (Number.isSafeInteger(storage) && storage > 0)) return;
  throw new HarborApiError(
    "HARBOR_REQUEST_REFUSED",
    "A storage quota must be a number of bytes above zero, or -1 for no limit.",
  );
}
