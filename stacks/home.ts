/**
 * What a stack keeps on this machine, git-ignored; relative to the project's folder. It lies apart from the project's own folders
 * (state, tools, tmp, …), since a stack may be called like one of them.
 */
export function homeOf(stack: string): string {
  return `.breakwater/stacks/${stack}`;
}
