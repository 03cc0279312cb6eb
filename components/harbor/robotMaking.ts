import { randomBytes } from "node:crypto";
import type { HarborClient } from "./api/client";
import { findProject } from "./api/projects";
import { samePermissions } from "./api/robotPermissions";
import { createRobot, findRobot, type Robot, refreshSecret, updateRobot } from "./api/robots";
import type { HarborConnection } from "./connection";
import { type BegunCreation, journalOf } from "./creationJournal";
import { HarborError } from "./error";
import { openHarbor } from "./open";
import { isAccepted } from "./robotLogin";
import {
  isExpired,
  expiryOf,
  markedDescription,
  type Permissions,
  parseDescription,
  permissionsOf,
} from "./robotTerms";
import { orAlreadyThere, requireTakeOver } from "./takeOver";

export interface RobotInputs {
  readonly harbor: HarborConnection;
  /** `host[:port]`, as images are named. */
  readonly host: string;
  readonly project: string;
  readonly robotName: string;
  /** Another word makes another robot, `<robotName>-<rotation>`. */
  readonly rotation?: string;
  readonly permissions: Permissions;
  readonly description?: string;
  /** Days, counted from the robot's creation; -1: it never expires. */
  readonly duration: number;
  /** How long a robot stays after another took its place: `7d`, `12h`. */
  readonly overlap: string;
  /** Of the login's files, relative to the project's folder. */
  readonly directory: string;
  /** A permission: an equal robot that is there already is taken over, without its secret, which nobody can read. */
  readonly adopt?: boolean;
  /** `check` looks at what is to be taken over: Harbor is there in a preview already. */
  readonly lookAhead?: boolean;
}

/** A robot that exists; `secret` is unknown of one that was taken over. */
export interface LiveRobot {
  readonly robotId: number;
  /** With Harbor's prefix: the name to log in with. */
  readonly username: string;
  readonly secret?: string;
  /** ISO 8601, or `never`. */
  readonly expiresAt: string;
}

const ANOTHER_ROBOT =
  "Remove it in Harbor, or declare another `rotation`, which makes a robot beside it. `adopt: true` takes it over without its " +
  "secret, which Harbor tells nobody";

/** What a robot is called in its project. */
export function robotNameOf({ robotName, rotation }: Pick<RobotInputs, "robotName" | "rotation">): string {
  return rotation === undefined ? robotName : `${robotName}-${rotation}`;
}

export function shownRobot(inputs: RobotInputs): string {
  return `robot ${robotNameOf(inputs)} of ${new URL(inputs.harbor.url).host}/${inputs.project}`;
}

export function robotJournal(inputs: RobotInputs, name = robotNameOf(inputs)) {
  return journalOf(inputs.harbor.url, "robot", inputs.project, name);
}

/**
 * True of a robot that this stack made: the mark is in the journal of this stack alone, so nobody else has made this robot, and
 * nobody has its secret.
 */
export function isBegun(begun: BegunCreation | undefined, live: Robot): boolean {
  if (begun === undefined) return false;
  const { mark } = parseDescription(live.description);
  return begun.id === live.id || (mark !== undefined && begun.mark === mark);
}

/** Throws HarborError OBJECT_MISSING when the project is not there. */
export async function findDeclared(client: HarborClient, inputs: RobotInputs) {
  const project = await findProject(client, inputs.project);
  if (project === undefined) {
    throw new HarborError(
      "OBJECT_MISSING",
      `project ${inputs.project} of ${shownRobot(inputs)} is gone: declare it as a HarborProject, or correct its name`,
    );
  }
  return { project, robot: await findRobot(client, { project, name: robotNameOf(inputs) }) };
}

/** Makes the robot, goes on with what a killed run made, or takes one over where that is allowed. */
export async function makeOrTakeOver(inputs: RobotInputs, adopt: boolean | undefined): Promise<LiveRobot> {
  const client = openHarbor(inputs.harbor);
  const { project, robot: live } = await findDeclared(client, inputs);
  const journal = robotJournal(inputs);
  if (live === undefined) {
    const mark = randomBytes(8).toString("hex");
    const robot = {
      project,
      name: robotNameOf(inputs),
      description: markedDescription(inputs.description ?? "", mark),
      duration: inputs.duration,
      permissions: permissionsOf(inputs.permissions, inputs.project),
    };
    const { id, secret } = await journal
      .around({ mark }, () => createRobot(client, robot))
      .catch((error: unknown) => Promise.reject(orAlreadyThere(shownRobot(inputs), error, ANOTHER_ROBOT)));
    return await proven(client, inputs, id, secret);
  }
  const begun = await journal.begun();
  if (begun !== undefined && isBegun(begun, live)) {
    await settleRobot(client, inputs, live);
    const login = { ...inputs, username: live.fullName, secret: begun.secret ?? "" };
    const secret = begun.secret && (await isAccepted(login)) ? begun.secret : await refreshSecret(client, live.id);
    await journal.write({ ...begun, id: live.id, secret });
    return await proven(client, inputs, live.id, secret);
  }
  requireTakeOver(shownRobot(inputs), adopt, robotDifferences(inputs, live), ANOTHER_ROBOT);
  return { robotId: live.id, username: live.fullName, expiresAt: expiryOf(live) };
}

/** Brings a robot of this stack to what is declared, and its login to one that Harbor accepts. */
export async function renewLogin(
  client: HarborClient,
  inputs: RobotInputs,
  live: Robot,
  secret: string | undefined,
): Promise<LiveRobot> {
  await settleRobot(client, inputs, live);
  const { robot: settled = live } = await findDeclared(client, inputs);
  const { id: robotId, fullName: username } = settled;
  if (isExpired(settled, new Date())) {
    throw new HarborError(
      "ROBOT_EXPIRED",
      `${shownRobot(inputs)} expired on ${expiryOf(settled)}: declare another \`rotation\`, which makes a new one, or a longer \`duration\``,
    );
  }
  const known = { robotId, username, expiresAt: expiryOf(settled) };
  if (secret === undefined) return known;
  if (await isAccepted({ ...inputs, username, secret })) return { ...known, secret };
  const { mark } = parseDescription(settled.description);
  const renewed = await refreshSecret(client, robotId);
  await robotJournal(inputs).write({ id: robotId, ...(mark !== undefined && { mark }), secret: renewed });
  return await proven(client, inputs, robotId, renewed);
}

/** In words what is not as declared; empty when nothing is. */
export function robotDifferences(inputs: RobotInputs, live: Robot): string[] {
  const { description, duration } = inputs;
  const isDescribed = description === undefined || parseDescription(live.description).description === description;
  const days = (count: number) => (count === -1 ? "without an end" : `${count} days`);
  return [
    ...(samePermissions(live.permissions, permissionsOf(inputs.permissions, inputs.project))
      ? []
      : ["its permissions are others"]),
    ...(live.duration === duration ? [] : [`its duration is ${days(live.duration)}, declared is ${days(duration)}`]),
    ...(live.disabled ? ["it is disabled"] : []),
    ...(isDescribed ? [] : ["its description is another one"]),
  ];
}

/** Writes what differs, and nothing when nothing does. */
async function settleRobot(client: HarborClient, inputs: RobotInputs, live: Robot): Promise<void> {
  if (robotDifferences(inputs, live).length === 0) return;
  const { description, mark } = parseDescription(live.description);
  await updateRobot(client, live, {
    description: markedDescription(inputs.description ?? description, mark),
    disabled: false,
    duration: inputs.duration,
    permissions: permissionsOf(inputs.permissions, inputs.project),
  });
}

/** A login that was just made, after it was tried. */
async function proven(client: HarborClient, inputs: RobotInputs, id: number, secret: string): Promise<LiveRobot> {
  const { robot } = await findDeclared(client, inputs);
  if (robot?.id === id && (await isAccepted({ ...inputs, username: robot.fullName, secret }))) {
    return { robotId: id, username: robot.fullName, secret, expiresAt: expiryOf(robot) };
  }
  // The secret is not worth keeping: the next run asks for another one.
  await robotJournal(inputs).write({ id });
  throw new HarborError(
    "LOGIN_REFUSED",
    `Harbor does not accept the login of ${shownRobot(inputs)} that it has just given out. Somebody else may change it at the same time: run again`,
  );
}
