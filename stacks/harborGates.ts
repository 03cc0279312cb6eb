import type { ConfigProblem } from "./error";
import type { ReadableConfig } from "./readableConfig";

/** What a closed gate asks for: a signature that is made here, and somebody who looks whose signature it is. */
export function checkGates({ projects, robots, images }: ReadableConfig, problems: ConfigProblem[]): void {
  /** A robot of a project that is not there may be meant for this one. */
  const isDeclared = (project?: string) => projects.some(({ name }) => name === project);
  for (const [index, { name, contentTrust = [] }] of projects.entries()) {
    if (name === undefined || contentTrust.length === 0) continue;
    const key = `projects[${index}].contentTrust`;
    const hasImages = images.some(({ project }) => project === name);
    if (hasImages && !contentTrust.includes("notation")) {
      const message = `asks for a signature by cosign alone, but images of "${name}" are signed by notation here: nobody could pull them; give [notation]`;
      problems.push({ key, message });
    }
    // Images without a robot that pushes are told of as such.
    if (hasImages || robots.some(({ project }) => project === name || !isDeclared(project))) continue;
    const way = `{name: ${name}-reader, project: ${name}, permissions: pull}`;
    const message = `closes a gate that any signature opens, and no robot may look whose signatures they are; declare one in \`robots\`, e.g. ${way}`;
    problems.push({ key, message });
  }
}
