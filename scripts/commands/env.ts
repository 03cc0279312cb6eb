import { resolvePath } from "../../components/files/paths";
import { TOOLS_DIRECTORY } from "../../components/local/tool";
import { singleQuoted } from "../../components/shellWord";
import { runCommand } from "./command";
import { engineEnvironment, prepareState } from "./engine";
import { parseOptions } from "./options";
import { stackNamed } from "./stackName";

const HELP = `eval "$(npm run --silent env [-- OPTIONS])"
Lets a plain Pulumi CLI work on the state of \`npm start\`: where the state is, and the file with its passphrase. What you
have set yourself for another stack than "local" (PULUMI_BACKEND_URL, …) stays.

  --stack NAME  the stack
  --help        this text`;

const OPTIONS = { stack: { type: "string" }, help: { type: "boolean", short: "h" } } as const;

/** The command; resolves to its exit code. */
export function env(args: readonly string[]): Promise<number> {
  return runCommand(async () => {
    const { stack: name, help } = parseOptions(args, OPTIONS, "npm run env --");
    if (help) {
      process.stdout.write(`${HELP}\n`);
      return;
    }
    const stack = stackNamed(name);
    const { PULUMI_HOME: _ours, ...variables } = engineEnvironment(stack); // a full installation has its own
    const lines = Object.entries(variables)
      .filter(([name, value]) => process.env[name] !== value) // what the person has set is not shown: it may be a secret
      .map(([name, value]) => `export ${name}=${singleQuoted(value)}`);
    if (stack.isLocal) {
      lines.unshift("unset PULUMI_CONFIG_PASSPHRASE"); // another stack's passphrase would win over the file
    } else {
      await prepareState(stack); // so that the first secret of the config can be set
      // Behind all others: a full installation of Pulumi does more.
      lines.push(`export PATH="$PATH":${singleQuoted(resolvePath(`${TOOLS_DIRECTORY}/pulumi/bin`))}`);
    }
    process.stdout.write(`${lines.join("\n")}\ncd ${singleQuoted(resolvePath("."))}\n`);
  });
}
