import { resolvePath } from "../files/paths";
import { PropertyError } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { type RobotInputs, robotNameOf } from "./robotMaking";

// What the program of this run declares: only that is checked, and every run has a process of its own.

const robots = new Set<string>();
const robotsByFolder = new Map<string, string>();

/**
 * Notes a robot that is declared. Throws PropertyError when another one has its login in the same folder: each `up` would write
 * one's login over the other's. `olds` is what the same resource declared before, whose place it may take.
 */
export function noteDeclared(news: RobotInputs, olds: Partial<RobotInputs>): void {
  if (isUnknown(news)) return;
  const [robot, folder] = [keyOf(news), resolvePath(news.directory)];
  const holder = robotsByFolder.get(folder);
  const isOwn = holder === undefined || holder === robot || (isComplete(olds) && holder === keyOf(olds));
  if (!isOwn) {
    throw new PropertyError(
      "directory",
      `another robot has its login in ${news.directory} already: a folder holds one login, give each robot its own`,
    );
  }
  robots.add(robot);
  robotsByFolder.set(folder, robot);
}

export function isDeclared(inputs: RobotInputs, name: string): boolean {
  return robots.has(keyOf(inputs, name));
}

function keyOf(inputs: RobotInputs, name = robotNameOf(inputs)): string {
  return JSON.stringify([inputs.harbor.url, inputs.project, name]);
}

function isComplete(olds: Partial<RobotInputs>): olds is RobotInputs {
  return olds.harbor !== undefined && olds.robotName !== undefined;
}
