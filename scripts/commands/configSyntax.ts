import { messageOf } from "../../components/errors";
import { CommandError } from "./error";
import type { StackName } from "./stackName";

/** What the engine says of a stack's config that is no YAML, or not that of a config: it leaves out which file it means. */
const OF_ENGINE =
  /^error: (?:could not create secrets manager|getting stack configuration)\b.*?yaml:(?: unmarshal errors:\s)?\s*line (\d+): (.+)$/m;

/** Runs work with the engine. @throws CommandError CONFIG_SYNTAX, which names the file and the line, beside what `work` throws */
export async function namingConfig<T>(stack: StackName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [, line, what] = OF_ENGINE.exec(messageOf(error)) ?? [];
    if (line === undefined) throw error;
    throw new CommandError(
      "CONFIG_SYNTAX",
      `${stack.configFile} can't be read, line ${line}: ${what}. Correct it there`,
      {
        cause: error,
      },
    );
  }
}
