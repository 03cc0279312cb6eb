import type { HarborClient } from "./client";
import { HarborApiError, isMissing } from "./error";
import { Fields } from "./fields";
import { listAll } from "./pages";
import { path } from "./path";
import { recordOf } from "./responses";
import { type RobotPermission, readPermissions, samePermissions } from "./robotPermissions";
import { settle } from "./settle";

/** Where a robot belongs: a project, or undefined for one of the whole system. */
export type RobotProject = { readonly id: number; readonly name: string } | undefined;

export interface Robot {
  readonly id: number;
  /** Without prefix and project: what it was made with. */
  readonly name: string;
  /** The login's name, such as `robot$project+name`; it changes with Harbor's `robot_name_prefix`. */
  readonly fullName: string;
  readonly level: "project" | "system";
  readonly disabled: boolean;
  /** Seconds since 1970; -1: never. */
  readonly expiresAt: number;
  /** Days; -1: it never expires. */
  readonly duration: number;
  readonly description: string;
  readonly permissions: readonly RobotPermission[];
}

export interface NewRobot {
  readonly project: RobotProject;
  readonly name: string;
  readonly description?: string;
  /** Days, or -1 for one that never expires. */
  readonly duration: number;
  readonly permissions: readonly RobotPermission[];
}

/** A new login. Its secret can't be read again. */
export interface CreatedRobot {
  readonly id: number;
  readonly fullName: string;
  readonly secret: string;
}

/** What may be changed of a robot; the rest stays. A new `duration` counts from the robot's creation. */
export type RobotChanges = Partial<Pick<Robot, "description" | "disabled" | "duration" | "permissions">>;

/** By its exact name, without prefix. Throws HarborApiError. */
export async function findRobot(
  client: HarborClient,
  { project, name }: { project: RobotProject; name: string },
): Promise<Robot | undefined> {
  // Robots of a project are not listed without the project's id. Harbor compares with the name as stored, and decodes it twice: its `+` would be a blank. Without a level: the system's.
  const stored = encodeURIComponent(project === undefined ? name : `${project.name}+${name}`);
  const where = project === undefined ? "" : `Level=project,ProjectID=${project.id},`;
  const of = project === undefined ? "the system" : `project ${project.name}`;
  const robots = await listAll(
    client,
    { path: "robots", query: { q: `${where}name=${stored}` }, what: `Reading the robots of ${of}` },
    (entry) => readRobot(entry, project),
    ({ id }) => id,
  );
  const robot = robots.find(({ fullName }) =>
    fullName.endsWith(project === undefined ? name : `${project.name}+${name}`),
  );
  return robot && { ...robot, name };
}

/**
 * Makes a robot; Harbor thinks up its secret. Throws HarborApiError HARBOR_CONFLICT when there is one of that name.
 */
export async function createRobot(client: HarborClient, robot: NewRobot): Promise<CreatedRobot> {
  const { project, name, description = "", duration, permissions } = robot;
  assertDuration(duration);
  const level = project === undefined ? "system" : "project";
  const body = { name, description, duration, disable: false, level, permissions };
  const what = `Creating robot ${name}`;
  return await settle(
    async () => {
      const response = await client.send({ method: "POST", path: "robots", body, what });
      const created = new Fields(recordOf(response, what), `Robot ${name}`);
      return { id: created.integer("id"), fullName: created.text("name"), secret: created.text("secret") };
    },
    async () => {
      const made = await findRobot(client, { project, name });
      const ours = made?.description === description && samePermissions(made.permissions, permissions);
      // Nobody has seen the secret of a robot whose creation was not answered: it gets another one.
      return made === undefined || !ours
        ? undefined
        : { id: made.id, fullName: made.fullName, secret: await refreshSecret(client, made.id) };
    },
  );
}

/** Changes a robot that was read before; name and level can't be. Throws HarborApiError HARBOR_NOT_FOUND. */
export async function updateRobot(client: HarborClient, robot: Robot, changes: RobotChanges): Promise<void> {
  const { id, fullName, level, description, disabled, duration, permissions } = { ...robot, ...changes };
  assertDuration(duration);
  const body = { id, name: fullName, level, description, disable: disabled, duration, permissions };
  const request = { path: path`robots/${id}`, body, what: `Changing robot ${fullName}` };
  const write = () => client.send({ ...request, method: "PUT" }).then(() => true);
  // The same write again does the same.
  await settle(write, async () => undefined);
}

/**
 * Gives a robot this secret, or one that Harbor thinks up; the one before is refused from then on.
 * Throws HarborApiError HARBOR_REQUEST_REFUSED for a secret that is too weak.
 */
export async function refreshSecret(client: HarborClient, id: number, secret = ""): Promise<string> {
  const what = `Setting the secret of robot ${id}`;
  return await settle(
    async () => {
      const response = await client.send({ method: "PATCH", path: path`robots/${id}`, body: { secret }, what });
      return secret === "" ? new Fields(recordOf(response, what), `Robot ${id}`).text("secret") : secret;
    },
    async () => undefined,
  );
}

/** Deletes a robot; one that is gone is no error. Throws HarborApiError. */
export async function deleteRobot(client: HarborClient, id: number): Promise<void> {
  const write = () => client.send({ method: "DELETE", path: path`robots/${id}`, what: `Deleting robot ${id}` });
  try {
    await settle(
      () => write().then(() => true),
      async () => undefined,
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function readRobot(fields: Fields, project: RobotProject): Robot {
  const fullName = fields.text("name");
  const marker = project === undefined ? "$" : `${project.name}+`;
  return {
    id: fields.integer("id"),
    name: fullName.slice(fullName.indexOf(marker) + (fullName.includes(marker) ? marker.length : 1)),
    fullName,
    level: fields.text("level") === "system" ? "system" : "project",
    disabled: fields.flag("disable"),
    expiresAt: fields.integer("expires_at"),
    duration: fields.integer("duration"),
    description: fields.textOr("description", ""),
    permissions: readPermissions(fields.list("permissions")),
  };
}

/** Harbor demands one, and takes 0 for none given. */
function assertDuration(duration: number): void {
  if (duration === -1 || (Number.isSafeInteger(duration) && duration > 0)) return;
  throw new HarborApiError(
    "HARBOR_REQUEST_REFUSED",
    "A robot's duration must be a number of days above zero, or -1 for no end.",
  );
}
