import type { HarborClient } from "./api/client";
import { findProject } from "./api/projects";
import { deleteRobot, findRobot } from "./api/robots";
import { journalOf } from "./creationJournal";
import { isDeclared } from "./robotDeclarations";
import { isBegun, type RobotInputs, robotJournal, robotNameOf } from "./robotMaking";

/** A robot that was made once, without Harbor's prefix in its name. */
export interface MadeRobot {
  readonly id: number;
  readonly name: string;
}

/**
 * Robots that runs began to make for one resource, whatever the word for the rotation. A run may be killed before the engine
 * saved its robot, and the word be taken back: then nothing but this file knows of a login that works.
 */
function rotations({ harbor, project, robotName, directory }: RobotInputs) {
  return journalOf(harbor.url, "rotations", project, robotName, directory);
}

/** To be called before a robot is made. `abandoned` are those of before that are still to be removed. */
export async function beginRotation(inputs: RobotInputs, abandoned: readonly string[]): Promise<void> {
  await rotations(inputs).write({ names: [...new Set([...abandoned, robotNameOf(inputs)])] });
}

/** Names of robots that a killed run may have made, and that are not among those that are `known`, nor declared elsewhere. */
export async function abandonedRobots(inputs: RobotInputs, known: readonly string[]): Promise<string[]> {
  const { names = [] } = (await rotations(inputs).begun()) ?? {};
  const unknown = names.filter((name) => !known.includes(name) && !isDeclared(inputs, name));
  const begun = await Promise.all(
    unknown.map(async (name) => (await robotJournal(inputs, name).begun()) !== undefined),
  );
  return unknown.filter((_, index) => begun[index]);
}

/** Removes those of them that this stack made: by id, or by the mark that they carry. */
export async function removeAbandoned(
  client: HarborClient,
  inputs: RobotInputs,
  abandoned: readonly string[],
): Promise<void> {
  if (abandoned.length === 0) return;
  const project = await findProject(client, inputs.project);
  for (const name of abandoned) {
    const journal = robotJournal(inputs, name);
    const live = project && (await findRobot(client, { project, name }));
    if (live !== undefined && isBegun(await journal.begun(), live)) await deleteRobot(client, live.id);
    await journal.forget();
  }
}

/** In a restored database an id may be another's: only a robot that has both, id and name, is removed. */
export async function removeRobots(
  client: HarborClient,
  inputs: RobotInputs,
  robots: readonly MadeRobot[],
): Promise<void> {
  if (robots.length === 0) return;
  const project = await findProject(client, inputs.project);
  if (project === undefined) return; // and its robots with it
  for (const { id, name } of robots) {
    if ((await findRobot(client, { project, name }))?.id === id) await deleteRobot(client, id);
  }
}

export async function forgetRotations(inputs: RobotInputs): Promise<void> {
  await rotations(inputs).forget();
}
