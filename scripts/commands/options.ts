import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf } from "../../components/errors";
import { CommandError } from "./error";

/** A command's options, typed by their declaration. @throws CommandError USAGE, with the command that shows what there is */
export function parseOptions<const Declared extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Declared,
  command: string,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new CommandError("USAGE", `${messageOf(error)}. \`${command} --help\` shows what there is`);
  }
}
