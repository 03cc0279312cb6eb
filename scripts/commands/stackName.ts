import { existsSync, readdirSync } from "node:fs";
import { resolvePath } from "../../components/files/paths";
import { homeOf } from "../../stacks/home";
import { CommandError } from "./error";

/** The stack of `npm start` alone; it needs no config. */
export const LOCAL_STACK = "local";

/** A stack of this project. */
export interface StackName {
  readonly name: string;
  readonly isLocal: boolean;
  /** Its config, relative to the project's folder; committed, but for the local stack's. */
  readonly configFile: string;
  /** What it keeps on this machine: `homeOf`. */
  readonly home: string;
}

/**
 * The stack that `--stack NAME` names, `local` when it is left out.
 * @throws CommandError USAGE, STACK_UNKNOWN (it has no config)
 */
export function stackNamed(name: string = LOCAL_STACK): StackName {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) {
    throw new CommandError("USAGE", `--stack ${name}: a stack's name has letters, digits, \`.\`, \`_\` and \`-\``);
  }
  const stack = { name, isLocal: name === LOCAL_STACK, configFile: configFileOf(name), home: homeOf(name) };
  if (stack.isLocal || existsSync(resolvePath(stack.configFile))) return stack;
  const known = [LOCAL_STACK, ...configuredStacks()].join(", ");
  throw new CommandError(
    "STACK_UNKNOWN",
    `there is no stack "${name}" (there: ${known}): make ${stack.configFile}, e.g. from stacks/Pulumi.harbor-example.yaml, and its trust in stacks/${name}/trust`,
  );
}

/** A command that makes no sense for the local stack. */
export function stackNamedOtherThanLocal(name: string | undefined, command: string): StackName {
  if (name === undefined || name === LOCAL_STACK) {
    const known = configuredStacks().join(", ") || "none yet";
    throw new CommandError("USAGE", `${command} needs --stack NAME: a stack with Harbor (there: ${known})`);
  }
  return stackNamed(name);
}

function configFileOf(name: string): string {
  return `stacks/Pulumi.${name}.yaml`;
}

/** The stacks that have a config, but for the local one. */
export function configuredStacks(): string[] {
  const names = readdirSync(resolvePath("stacks")).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return names.filter((name) => name !== LOCAL_STACK).sort();
}
