import { log, runtime } from "@pulumi/pulumi";
import { BuiltImage, type HarborProject, type HarborRobot, PushedImage } from "../components";
import { BuildContextError } from "../components/image/context/error";
import { resolveCommit } from "../components/image/context/gitRef";
import { parseGitContext } from "../components/image/context/gitUrl";
import type { HarborConfig, ImageConfig } from "./harborConfig";
import type { Machine } from "./machine";
import { given } from "./options";

/** An image in the registry: built, or taken from where it is. */
export function pushedImage(image: ImageConfig, project: HarborProject, robot: HarborRobot): PushedImage | BuiltImage {
  const { name, repository = name, tag, build, source, acceptTag } = image;
  const place = {
    registry: robot.connection,
    repository: project.repository(repository),
    tag,
    ...given({ acceptTag }),
  };
  // Behind the project and the robot: both must be there before anything is pushed.
  const behind = { dependsOn: [project, robot] };
  if (build !== undefined) return new BuiltImage(name, { ...place, ...given(build) }, behind);
  return new PushedImage(name, { ...place, source: source ?? "" }, behind);
}

/** The robot with which an image is pushed and signed; the validation of the config has found one. */
export function pusherOf({ project, pushedBy }: ImageConfig, { robots }: HarborConfig): string {
  const may = robots.find((robot) => robot.project === project && robot.permissions === "push");
  return pushedBy ?? may?.name ?? "";
}

/**
 * All images; without those to be built that can't be built here, or, in a preview, of which can't be told what would be built.
 * What is left out is said.
 */
export async function imagesToMake({ images }: HarborConfig, machine: Machine): Promise<readonly ImageConfig[]> {
  const toBuild = images.filter(({ build }) => build !== undefined);
  if (toBuild.length === 0) return images;
  if ((await machine.canBuildImages?.()) === false) {
    const way = "`pulumi plugin install resource docker` gets it where there is a network";
    leaveOut(toBuild, `the engine's plugin for Docker is not on this machine, and can't be had from here: ${way}`);
    return images.filter(({ build }) => build === undefined);
  }
  return images.filter((image) => {
    const reason = image.build && runtime.isDryRun() ? whyContextUnknown(image.build.context) : undefined;
    if (reason !== undefined) leaveOut([image], reason);
    return reason === undefined;
  });
}

/** Why a Git URL names no commit for now; an `up` fails for it. */
function whyContextUnknown(context: string): string | undefined {
  try {
    const git = parseGitContext(context);
    if (git !== undefined) resolveCommit(git);
    return undefined;
  } catch (error) {
    if (error instanceof BuildContextError && UNREACHABLE.includes(error.code)) return error.message;
    throw error;
  }
}

const UNREACHABLE: readonly string[] = ["GIT_REPOSITORY_UNREACHABLE", "GIT_TIMEOUT", "GIT_MISSING"];

function leaveOut(images: readonly ImageConfig[], reason: string): void {
  const names = images.map(({ name }) => name).join(", ");
  void log.warn(`left out is the image to build, ${names}, with its signature and its gate: ${reason}`);
}
