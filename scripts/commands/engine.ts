import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, type OutputMap, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { projectRoot, resolvePath } from "../../components/files/paths";
import { TOOLS_DIRECTORY } from "../../components/local/tool";
import { CommandError } from "./error";
import { BACKEND, givenState, PASSPHRASE_FILE, PASSPHRASES, STATE_DIRECTORY } from "./givenState";
import type { StackName } from "./stackName";

export const PROJECT = "breakwater";

const ENGINE_HOME = ".breakwater/pulumi-home";
export const ENGINE_LOGS = `${ENGINE_HOME}/logs`;
export const TEMPORARY = ".breakwater/tmp";

/**
 * The variables with which any Pulumi CLI works on the same state; no value that we add is a secret. `metadata=skip`: the engine
 * writes each file of the state by a rename, but the attributes beside it in place, and one that a kill cut off in the
 * middle would make the state unreadable.
 */
export function engineEnvironment(stack: StackName): Record<string, string> {
  return {
    [BACKEND]: `${pathToFileURL(resolvePath(STATE_DIRECTORY)).href}?metadata=skip`,
    ...(setByUser(stack, PASSPHRASES) ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: resolvePath(PASSPHRASE_FILE) }),
    PULUMI_HOME: resolvePath(ENGINE_HOME),
    ...userVariables(stack),
  };
}

/** Whether the stack's state lies in this project's folder. */
export function hasOwnState(stack: StackName): boolean {
  return !setByUser(stack, [BACKEND]);
}

/** Opens the stack, and makes it at the first time. */
export async function openStack(stack: StackName, program: PulumiFn): Promise<Stack> {
  await prepareState(stack);
  const variables = engineEnvironment(stack);
  return await LocalWorkspace.createOrSelectStack(
    { stackName: stack.name, projectName: PROJECT, program },
    await engineOptions(variables, projectRoot),
  );
}

/** Opens the stack if it is there, and makes nothing. */
export async function openStackIfThere(stack: StackName, program: PulumiFn): Promise<Stack | undefined> {
  if (hasOwnState(stack)) {
    if (!(await exists(checkpointFile(stack)))) return undefined;
    return await openStack(stack, program);
  }
  const options = await engineOptions(engineEnvironment(stack), projectRoot);
  try {
    return await LocalWorkspace.selectStack({ stackName: stack.name, projectName: PROJECT, program }, options);
  } catch (error) {
    if (error instanceof Error && error.name === "StackNotFoundError") return undefined;
    throw error;
  }
}

/** How the Automation API runs the engine. */
export async function engineOptions(variables: Record<string, string>, workDir: string) {
  requireOwnHandlers();
  await isolateEnvironment();
  const root = resolvePath(`${TOOLS_DIRECTORY}/pulumi`);
  return {
    workDir,
    pulumiHome: resolvePath(ENGINE_HOME),
    pulumiCommand: await PulumiCommand.get({ root, skipVersionCheck: true }),
    envVars: { ...variables, ...engineVariables() },
  };
}

/**
 * What a person has set for other stacks must not reach this one: `PULUMI_CONFIG_PASSPHRASE` alone, even an empty one, would
 * replace the random passphrase. The CLI's home and the Automation API's event log stay inside the project, where a kill
 * leaves nothing behind that nobody finds.
 */
async function isolateEnvironment(): Promise<void> {
  for (const name of Object.keys(process.env)) if (name.startsWith("PULUMI_")) delete process.env[name];
  await rm(resolvePath(TEMPORARY), { recursive: true, force: true });
  await mkdir(resolvePath(TEMPORARY), { recursive: true });
  // Engine, program and provider talk over the loopback interface, which no proxy reaches.
  const noProxy = [process.env.no_proxy ?? process.env.NO_PROXY, "127.0.0.1,localhost"].filter(Boolean).join(",");
  Object.assign(process.env, {
    PULUMI_HOME: resolvePath(ENGINE_HOME),
    TMPDIR: resolvePath(TEMPORARY),
    no_proxy: noProxy,
    NO_PROXY: noProxy,
  });
}

/** As they were when the command was given: `isolateEnvironment` takes them away. */
const given = givenState(process.env);

/** The local stack heeds none. */
function userVariables(stack: StackName): Readonly<Record<string, string>> {
  return stack.isLocal ? {} : given;
}

/** Whether the person set one of these variables for a stack that heeds them. */
function setByUser(stack: StackName, names: readonly string[]): boolean {
  return names.some((name) => userVariables(stack)[name] !== undefined);
}

/** How the engine is run, whatever the state. */
export function engineVariables(): Record<string, string> {
  const bin = resolvePath(`${TOOLS_DIRECTORY}/pulumi/bin`);
  return {
    // The provider's launcher runs `node`: the one that runs this.
    PATH: [bin, path.dirname(process.execPath), process.env.PATH ?? ""].join(path.delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  };
}

/** The provider finds its handlers by this package's name; under another name it would take somebody else's. */
function requireOwnHandlers(): void {
  const found = createRequire(__filename).resolve("breakwater/handlers");
  if (found === resolvePath("bin/components/handlers.js")) return;
  throw new CommandError(
    "HANDLERS_ELSEWHERE",
    `breakwater/handlers is ${found}: the name in package.json must be "breakwater"`,
  );
}

/** The state's folder and the passphrase of its secrets: random, made once, readable by the owner alone. */
export async function prepareState(stack: StackName): Promise<void> {
  await mkdir(resolvePath(STATE_DIRECTORY), { recursive: true, mode: 0o700 });
  if (setByUser(stack, PASSPHRASES)) return;
  const file = resolvePath(PASSPHRASE_FILE);
  if ((await readFile(file, "utf8").catch(() => "")) !== "") return;
  await requireNothingEncrypted(stack);
  await writeFile(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  if (stack.isLocal) await dropEncryptionSalt(stack);
}

/** A new passphrase opens nothing that was encrypted with a former one. */
async function requireNothingEncrypted(stack: StackName): Promise<void> {
  const states = await readdir(path.dirname(checkpointFile(stack))).catch(() => []);
  if (states.some((name) => name.endsWith(".json"))) {
    const wayOut = stack.isLocal ? "; or give the state up: end what runs with `npm stop -- --force`" : "";
    throw new CommandError(
      "PASSPHRASE_MISSING",
      `${PASSPHRASE_FILE} is gone, and without it the state in ${STATE_DIRECTORY} can't be read. Put the file back${wayOut}`,
    );
  }
  const config = await readFile(resolvePath(stack.configFile), "utf8").catch(() => "");
  if (stack.isLocal || !/^encryptionsalt:/m.test(config)) return;
  throw new CommandError(
    "PASSPHRASE_MISSING",
    `${stack.configFile} has secrets, and their passphrase is not on this machine: set PULUMI_CONFIG_PASSPHRASE_FILE (or PULUMI_CONFIG_PASSPHRASE), or bring ${PASSPHRASE_FILE} from the machine where they were set`,
  );
}

/** A salt belongs to one passphrase: the engine would refuse a new one. */
async function dropEncryptionSalt(stack: StackName): Promise<void> {
  const file = resolvePath(stack.configFile);
  const config = await readFile(file, "utf8").catch(() => undefined);
  if (config === undefined) return;
  const rest = config.replace(/^encryptionsalt:.*\n?/m, "");
  if (rest.trim() === "") await rm(file);
  else await writeFile(file, rest);
}

/** A stack's outputs, as its program gave them. */
export function valuesOf(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/** Where the engine keeps the stack's state on a file backend. */
export function checkpointFile(stack: StackName): string {
  return resolvePath(`${STATE_DIRECTORY}/.pulumi/stacks/${PROJECT}/${stack.name}.json`);
}

async function exists(file: string): Promise<boolean> {
  return (await readFile(file).catch(() => undefined)) !== undefined;
}
