import type { HarborClient } from "../api/client";
import { HarborApiError } from "../api/error";
import { changePassword, currentUser } from "../api/users";
import { type Address, adminClient } from "./address";
import { HarborInstallationError } from "./error";

/**
 * Sees to it that the administrator logs in with `next`, changing the `previous` one by the API where that is still
 * the one. Either may be there: harbor.yml's counts at the first start alone, and a run may have been killed after the change.
 */
export async function ensureAdminPassword(
  address: Address,
  next: string,
  previous: string | undefined,
  progress: (line: string) => void,
): Promise<void> {
  if (previous !== undefined && previous !== next) {
    const client = await adminClient(address, previous);
    const user = await acceptedUser(client);
    if (user !== undefined) {
      await changePassword(client, user.id, { old: previous, next });
      progress("the administrator's password is changed");
    }
  }
  if ((await acceptedUser(await adminClient(address, next))) !== undefined) return;
  throw new HarborInstallationError(
    "HARBOR_ADMIN_PASSWORD_REFUSED",
    "Harbor runs, and does not take `adminPassword` for its administrator's. Data of an earlier installation keep the password " +
      "that was set there (as do changes in the portal): set that one, run `up`, and change it then",
  );
}

/** The user that the client logs in as; undefined when Harbor refuses the password. */
async function acceptedUser(client: HarborClient): Promise<{ readonly id: number } | undefined> {
  try {
    return await currentUser(client);
  } catch (error) {
    if (error instanceof HarborApiError && error.code === "HARBOR_UNAUTHORIZED") return undefined;
    throw error;
  }
}
