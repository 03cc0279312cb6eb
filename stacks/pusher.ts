import type { ImageConfig, RobotConfig } from "./harborFields";

/** The robot with which an image is pushed and signed: the one that it names, else the first of its project that may push. */
export function pusherOf(
  { project, pushedBy }: Pick<ImageConfig, "project" | "pushedBy">,
  robots: readonly RobotConfig[],
): string | undefined {
  return pushedBy ?? robots.find((robot) => robot.project === project && robot.permissions === "push")?.name;
}
