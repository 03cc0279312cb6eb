import { resolvePath } from "../../components/files/paths";
import { TOOLS_DIRECTORY } from "../../components/local/tool";
import { singleQuoted } from "../../components/shellWord";
import { runCommand } from "./command";
import { engineEnvironment, prepareState } from "./engine";
import { EXIT } from "./error";
import { parseOptions } from "./options";
import { stackNamed } from "./stackName";

const HELP = `eval "$(npm run --silent env [-- OPTIONS])"
Prints what lets a plain Pulumi CLI work on the state of \`npm start\`: where the state is, the file with its passphrase, and
the folder to be in. What you have set yourself for another stack than "local" (PULUMI_BACKEND_URL, …) stays, and our CLI
comes last in PATH.

  --stack NAME  the stack; "local" when left out
  --help        this text

Exit codes: 0 done, 1 failed, 2 wrong usage; what is printed then fails, too: \`eval "$(…)" && …\` goes no further.`;

const OPTIONS = { stack: { type: "string" }, help: { type: "boolean", short: "h" } } as const;

/** The command; resolves to its exit code. */
export async function env(args: readonly string[]): Promise<number> {
  const code = await runCommand(() => run(args));
  if (code !== EXIT.done) process.stdout.write("false\n"); // `eval ""` would succeed, and what follows work on another state
  return code;
}

async function run(args: readonly string[]): Promise<void> {
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
  // Another stack's passphrase, even an empty one, would win over the file.
  if (variables.PULUMI_CONFIG_PASSPHRASE === undefined) lines.unshift("unset PULUMI_CONFIG_PASSPHRASE");
  if (!stack.isLocal) {
    await prepareState(stack); // so that the first secret of the config can be set
    // Behind all others: a full installation of Pulumi does more.
    lines.push(`export PATH="$PATH":${singleQuoted(resolvePath(`${TOOLS_DIRECTORY}/pulumi/bin`))}`);
  }
  process.stdout.write(`${lines.join("\n")}\ncd ${singleQuoted(resolvePath("."))}\n`);
}
