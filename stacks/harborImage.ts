import { log } from "@pulumi/pulumi";
import { BuiltImage, type HarborProject, type HarborRobot, PushedImage } from "../components";
import { BuildContextError } from "../components/image/context/error";
import { resolveCommit } from "../components/image/context/gitRef";
import { parseGitContext } from "../components/image/context/gitUrl";
import type { HarborConfig } from "./harborConfig";
import type { ImageConfig } from "./harborFields";
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

/**
 * All images; without those to be built that can't be built here, or, as long as the stack is nowhere yet, of which can't be told
 * what would be built. What is left out is said. Throws BuildContextError for a Git URL that names no commit.
 */
export async function imagesToMake({ images }: HarborConfig, machine: Machine): Promise<readonly ImageConfig[]> {
  const toBuild = images.filter(({ build }) => build !== undefined);
  if (toBuild.length === 0) return images;
  const reason = await machine.whyNotBuild?.();
  return images.filter((image) => {
    if (image.build === undefined) return true;
    const { ref, unknown } = lookedUp(image.build.context);
    if (reason === undefined && unknown !== undefined && !machine.isNew) throw unknown;
    const why = reason ?? unknown?.message;
    if (why !== undefined) leaveOut(image, ref, why);
    return why === undefined;
  });
}

/** What a Git URL names now, in words; or why that can't be told. */
function lookedUp(context: string): { ref?: string; unknown?: BuildContextError } {
  try {
    const git = parseGitContext(context);
    return git === undefined ? {} : { ref: `${git.url}: ${git.ref} is commit ${resolveCommit(git, LOOK_UP_MS)}` };
  } catch (error) {
    if (error instanceof BuildContextError && UNREACHABLE.includes(error.code)) return { unknown: error };
    throw error;
  }
}

const LOOK_UP_MS = 15_000;
const UNREACHABLE: readonly string[] = ["GIT_REPOSITORY_UNREACHABLE", "GIT_TIMEOUT", "GIT_MISSING"];

function leaveOut({ name }: ImageConfig, ref: string | undefined, reason: string): void {
  const what = ref === undefined ? name : `${name} (${ref})`;
  void log.warn(`left out is the image to build, ${what}, with its signature and its gate: ${reason}`);
}
