import type { ImageSettings, RobotSettings, StackSettings } from "../state";
import { type Draft, settingDraft } from "./draft";
import { compareProjects } from "./projects";
import { listed } from "./words";

/** What changed in a stack's config; without config nothing is declared. */
export function compareSettings(base: StackSettings | undefined, head: StackSettings | undefined): Draft[] {
  return [
    ...compareHostname(base, head),
    ...compareProjects(base?.projects ?? [], head?.projects ?? []),
    ...compareRobots(base?.robots ?? [], head?.robots ?? []),
    ...compareImages(base?.images ?? [], head?.images ?? []),
  ];
}

function compareHostname(base: StackSettings | undefined, head: StackSettings | undefined): Draft[] {
  if (!base?.hostname || base.hostname === head?.hostname) return [];
  const fields = {
    subject: head?.hostname ?? base.hostname,
    before: base.hostname,
    ...(head?.hostname && { after: head.hostname }),
  };
  const now = head?.hostname
    ? `the registry is ${head.hostname} from now on, and no longer ${base.hostname}: only statements that name repositories of ${head.hostname}, and the one for "*", apply to its images`
    : `no registry is declared any more (${base.hostname} was)`;
  return [settingDraft(["hostname-changed", "medium", "neutral"], fields, now)];
}

function compareRobots(base: readonly RobotSettings[], head: readonly RobotSettings[]): Draft[] {
  const pushers = (robots: readonly RobotSettings[]) =>
    new Set(
      robots.filter(({ permissions }) => permissions === "push").map(({ project, name }) => `${project}+${name}`),
    );
  const [before, after] = [pushers(base), pushers(head)];
  return [
    ...[...after]
      .filter((robot) => !before.has(robot))
      .map((robot) =>
        settingDraft(
          ["pusher-added", "high", "widens"],
          { subject: robot, after: "push" },
          `the robot "${robot}" may push images and signatures from now on`,
        ),
      ),
    ...[...before]
      .filter((robot) => !after.has(robot))
      .map((robot) =>
        settingDraft(
          ["pusher-removed", "low", "narrows"],
          { subject: robot, before: "push" },
          `the robot "${robot}" may no longer push`,
        ),
      ),
  ];
}

function compareImages(base: readonly ImageSettings[], head: readonly ImageSettings[]): Draft[] {
  const names = [...new Set([...base, ...head].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [before, after] = [base, head].map((images) => images.find((image) => image.name === name));
    if (!after) return [];
    const was = before?.acceptWeaker ?? [];
    const come = after.acceptWeaker.filter((weakness) => !was.includes(weakness));
    const gone = was.filter((weakness) => !after.acceptWeaker.includes(weakness));
    const image = `the image "${name}" (${after.reference})`;
    return [
      ...(come.length > 0
        ? [
            settingDraft(
              ["weaker-accepted", "high", "widens"],
              { subject: name, after: come.join(", ") },
              `the gate of ${image} lets weaknesses in ${listed(come)} pass from now on, which the trust policy only logs or skips`,
            ),
          ]
        : []),
      ...(gone.length > 0
        ? [
            settingDraft(
              ["weaker-no-longer-accepted", "low", "narrows"],
              { subject: name, before: gone.join(", ") },
              `the gate of ${image} no longer lets weaknesses in ${listed(gone)} pass`,
            ),
          ]
        : []),
      ...(before && before.signedBy !== after.signedBy
        ? [
            settingDraft(
              ["signer-of-image-changed", "medium", "neutral"],
              { subject: name, before: before.signedBy, after: after.signedBy },
              `${image} is signed by the identity "${after.signedBy}" from now on, and no longer by "${before.signedBy}"`,
            ),
          ]
        : []),
    ];
  });
}
