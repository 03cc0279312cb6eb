import type { RobotSettings } from "../state/state";
import { type Draft, type Loudness, settingDraft } from "./draft";

/** Who may push and pull with a password of its own, and how long each password is good. */
export function compareRobots(base: readonly RobotSettings[], head: readonly RobotSettings[]): Draft[] {
  const names = [...new Set([...base, ...head].map(fullName))];
  return names.flatMap((name) => {
    const [before, after] = [base, head].map((robots) => robots.find((robot) => fullName(robot) === name));
    return [...comparePermissions(name, before, after), ...(before && after ? compareLife(name, before, after) : [])];
  });
}

function fullName({ project, name }: RobotSettings): string {
  return `${project}+${name}`;
}

function comparePermissions(
  subject: string,
  before: RobotSettings | undefined,
  after: RobotSettings | undefined,
): Draft[] {
  const [was, is] = [before?.permissions, after?.permissions];
  if (was === is) return [];
  if (is === "push") {
    const sentence = `the robot "${subject}" may push images and signatures from now on`;
    return [settingDraft(["pusher-added", "high", "widens"], { subject, after: is }, sentence)];
  }
  if (was === "push") {
    const sentence = `the robot "${subject}" may no longer push`;
    return [settingDraft(["pusher-removed", "low", "narrows"], { subject, before: was }, sentence)];
  }
  const [loudness, may]: [Loudness, string] = after
    ? [["puller-added", "medium", "widens"], "may pull images from now on"]
    : [["puller-removed", "low", "narrows"], "may no longer pull"];
  const fields = { subject, ...(was && { before: was }), ...(is && { after: is }) };
  return [settingDraft(loudness, fields, `the robot "${subject}" ${may}`)];
}

/** Whoever has a password may use it for as long. */
function compareLife(subject: string, before: RobotSettings, after: RobotSettings): Draft[] {
  const life = ({ days }: RobotSettings) => days ?? Number.POSITIVE_INFINITY;
  const isLonger = life(after) > life(before) || days(after.overlap) > days(before.overlap);
  const isOther = life(after) !== life(before) || days(after.overlap) !== days(before.overlap);
  if (!isOther) return [];
  const isOverlap = life(after) === life(before);
  const inWords = ({ days, overlap }: RobotSettings) =>
    isOverlap ? `for ${overlap}` : days === undefined ? "without an end" : `for ${days} days`;
  const fields = { subject, before: inWords(before), after: inWords(after) };
  const loudness: Loudness = isLonger
    ? ["robot-lifetime-changed", "medium", "widens"]
    : ["robot-lifetime-changed", "low", "narrows"];
  const which = isOverlap ? "an earlier password" : "the password";
  const rest = isOverlap ? " once there is a new one" : "";
  const sentence = `${which} of the robot "${subject}" stays good ${fields.after}${rest}; so far it did ${fields.before}`;
  return [settingDraft(loudness, fields, sentence)];
}

function days(overlap: string): number {
  return Number.parseInt(overlap, 10);
}
