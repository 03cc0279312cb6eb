import { parseArgs } from "node:util";
import { messageOf } from "../../components/errors";
import { resolvePath } from "../../components/files/paths";
import { TOOLS_DIRECTORY } from "../../components/local/tool";
import { runCommand } from "./command";
import { engineEnvironment, prepareState } from "./engine";
import { CommandError } from "./error";
import { stackNamed } from "./stackName";

const HELP = `eval "$(npm run --silent env [-- OPTIONS])"
Lets a plain Pulumi CLI work on the state of \`npm start\`: where the state is, and the file with its passphrase. What you
have set yourself for another stack than "local" (PULUMI_BACKEND_URL, …) stays.

  --stack NAME  the stack
  --help        this text`;

/** The command; resolves to its exit code. */
export function env(args: readonly string[]): Promise<number> {
  return runCommand(async () => {
    const { stack: name, help } = parse(args);
    if (help) {
      process.stdout.write(`${HELP}\n`);
      return;
    }
    const stack = stackNamed(name);
    const { PULUMI_HOME: _ours, ...variables } = engineEnvironment(stack); // a full installation has its own
    const lines = Object.entries(variables)
      .filter(([name, value]) => process.env[name] !== value) // what the person has set is not shown: it may be a secret
      .map(([name, value]) => `export ${name}=${quoted(value)}`);
    if (stack.isLocal) {
      lines.unshift("unset PULUMI_CONFIG_PASSPHRASE"); // another stack's passphrase would win over the file
    } else {
      await prepareState(stack); // so that the first secret of the config can be set
      // Behind all others: a full installation of Pulumi does more.
      lines.push(`export PATH="$PATH":${quoted(resolvePath(`${TOOLS_DIRECTORY}/pulumi/bin`))}`);
    }
    process.stdout.write(`${lines.join("\n")}\ncd ${quoted(resolvePath("."))}\n`);
  });
}

function parse(args: readonly string[]): { stack?: string | undefined; help: boolean } {
  try {
    const options = { stack: { type: "string" }, help: { type: "boolean", short: "h" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    return { stack: values.stack, help: values.help ?? false };
  } catch (error) {
    throw new CommandError("USAGE", `${messageOf(error)}. \`npm run env -- --help\` shows what there is`);
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
