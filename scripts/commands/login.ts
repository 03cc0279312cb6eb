import { cp, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../../components/files/ownedFiles";
import { resolvePath } from "../../components/files/paths";
import type { HarborOutputs, RobotOutputs } from "../../stacks/harborOutputs";
import { type Exclusively, runCommand, show } from "./command";
import { namingConfig } from "./configSyntax";
import { mergeLogin } from "./dockerLogin";
import { openStackIfThere, valuesOf } from "./engine";
import { CommandError } from "./error";
import { rightsOf } from "./harborSummary";
import { type ClientLogin, loginWords } from "./loginWords";
import { parseOptions } from "./options";
import { type StackName, stackNamedOtherThanLocal } from "./stackName";

const HELP = `npm run login -- --stack NAME [OPTIONS]
Writes what a client needs to pull from a stack's registry and to verify what it pulled, and prints the environment that
makes docker, notation and breakwater use it, and what else the machine needs. Copy the folder to other machines as you
would a password.

  --stack NAME     the stack; it has been brought up on this machine
  --robot NAME     whose login; when left out the robot that may pull, if there is one alone
  --directory DIR  where to write; .breakwater/stacks/NAME/login when left out
  --json           print the result as JSON, alone on standard output (npm run --silent login -- …)
  --help           this text

DIR/docker/config.json is the login (mode 0600; other logins in it are kept), DIR/notation a notation configuration
folder, DIR/ca.pem the root of the registry's certificate, where clients don't know it.

Exit codes: 0 done, 1 failed, 2 wrong usage.`;

const OPTIONS = {
  stack: { type: "string" },
  robot: { type: "string" },
  directory: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

interface Options {
  readonly stack: StackName;
  readonly robot: string | undefined;
  /** Absolute. */
  readonly directory: string;
  readonly json: boolean;
}

/** The command; resolves to its exit code. */
export function login(args: readonly string[], exclusively: Exclusively): Promise<number> {
  return runCommand(async () => {
    const options = readOptions(args);
    if (options === undefined) {
      process.stdout.write(`${HELP}\n`);
      return;
    }
    const made = await exclusively(() => namingConfig(options.stack, () => run(options)));
    show(options.json ? made : loginWords(made));
  });
}

/** What notation reads of trust in its configuration folder. */
const TRUST = ["truststore", "trustpolicy.json", "trustpolicy.oci.json"];

async function run({ stack: name, robot: wanted, directory }: Options): Promise<ClientLogin> {
  const outputs = await outputsOf(name);
  const robot = chooseRobot(outputs.robots, wanted);
  const { registry, certificate, trustDirectory } = outputs;
  const host = new URL(registry).host;

  const docker = path.join(directory, "docker");
  const notation = path.join(directory, "notation");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const own = await readFile(resolvePath(`${robot.dockerConfig}/config.json`), "utf8").catch(() => undefined);
  if (own === undefined) throw notThere(name, `${robot.dockerConfig}/config.json`);
  const file = path.join(docker, "config.json");
  const content = mergeLogin(await readFile(file, "utf8").catch(() => undefined), own, { host, file });
  await writeAtomically(file, { content, secret: true });

  // A certificate that is trusted no more must go; keys and plugins of whose folder it may be stay.
  for (const part of TRUST) await rm(path.join(notation, part), { recursive: true, force: true });
  await cp(resolvePath(trustDirectory), notation, { recursive: true }).catch(() => {
    throw notThere(name, trustDirectory);
  });
  const ca = path.join(directory, "ca.pem");
  if (certificate.root !== undefined) await cp(resolvePath(certificate.root), ca);

  return {
    registry,
    username: robot.username,
    directory,
    issuer: certificate.issuer,
    environment: {
      DOCKER_CONFIG: docker,
      NOTATION_CONFIG: notation,
      ...(certificate.root !== undefined && { SSL_CERT_FILE: ca }),
    },
  };
}

async function outputsOf(name: StackName): Promise<HarborOutputs> {
  const stack = await openStackIfThere(name, async () => ({}));
  const outputs = stack && (await stack.outputs());
  if (outputs?.robots === undefined) {
    throw new CommandError(
      "STACK_NOT_UP",
      `the stack "${name.name}" has no logins yet: bring it up with \`npm start -- --stack ${name.name}\``,
    );
  }
  return valuesOf(outputs) as unknown as HarborOutputs;
}

function chooseRobot(robots: readonly RobotOutputs[], wanted: string | undefined): RobotOutputs {
  const candidates =
    wanted === undefined
      ? robots.filter(({ permissions }) => permissions === "pull")
      : robots.filter(({ name }) => name === wanted);
  const [robot] = candidates;
  if (robot !== undefined && candidates.length === 1) return robot;
  const known = robots
    .map(({ name, permissions, project }) => `${name} (may ${rightsOf(permissions)} in ${project})`)
    .join(", ");
  const what = wanted === undefined ? `${candidates.length} robots may pull only` : `there is no robot "${wanted}"`;
  throw new CommandError("LOGIN_UNKNOWN", `${what}: name one with --robot; there: ${known || "none, declare one"}`);
}

function notThere({ name }: StackName, file: string): CommandError {
  return new CommandError("STACK_NOT_UP", `${file} is not there: \`npm start -- --stack ${name}\` writes it`);
}

function readOptions(args: readonly string[]): Options | undefined {
  const values = parseOptions(args, OPTIONS, "npm run login --");
  if (values.help) return undefined;
  const stack = stackNamedOtherThanLocal(values.stack, "npm run login --");
  const directory = values.directory ? path.resolve(process.env.INIT_CWD ?? ".", values.directory) : undefined;
  return {
    stack,
    robot: values.robot,
    directory: directory ?? resolvePath(`${stack.home}/login`),
    json: values.json ?? false,
  };
}
