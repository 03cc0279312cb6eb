import type { HarborClient } from "./client";
import { HarborApiError } from "./error";
import { Fields } from "./fields";
import { path } from "./path";
import { recordOf } from "./responses";

export interface User {
  readonly id: number;
  readonly username: string;
  readonly administrator: boolean;
}

/** Who this login is; undefined for a robot, which is no user. Throws HarborApiError HARBOR_UNAUTHORIZED. */
export async function currentUser(client: HarborClient): Promise<User | undefined> {
  const what = "Reading the current user";
  try {
    const user = new Fields(
      recordOf(await client.send({ method: "GET", path: "users/current", what }), what),
      "The user",
    );
    return { id: user.integer("user_id"), username: user.text("username"), administrator: user.flag("sysadmin_flag") };
  } catch (error) {
    if (error instanceof HarborApiError && error.code === "HARBOR_PRECONDITION_FAILED") return undefined;
    throw error;
  }
}

/**
 * Changes a user's password; the client's own login is the old one from then on. Not repeated: whether it was done, only a login
 * with one of both tells. Throws HarborApiError HARBOR_REQUEST_REFUSED for one that is too weak or is the old one,
 * HARBOR_FORBIDDEN for a wrong old one. Source: Harbor's API, swagger.yaml, /users/{user_id}/password.
 */
export async function changePassword(
  client: HarborClient,
  userId: number,
  { old, next }: { old: string; next: string },
): Promise<void> {
  const body = { old_password: old, new_password: next };
  await client.send({
    method: "PUT",
    path: path`users/${userId}/password`,
    body,
    what: `Changing the password of user ${userId}`,
  });
}
