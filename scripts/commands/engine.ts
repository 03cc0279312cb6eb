import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { projectRoot, resolvePath } from "../../components/files/paths";
import { TOOLS_DIRECTORY } from "../../components/local/tool";
import { CommandError } from "./error";

export const STACK = "local";
export const PROJECT = "breakwater";

const HOME = ".breakwater";
export const STATE_DIRECTORY = `${HOME}/state`;
const ENGINE_HOME = `${HOME}/pulumi-home`;
export const ENGINE_LOGS = `${ENGINE_HOME}/logs`;
const TEMPORARY = `${HOME}/tmp`;
const PASSPHRASE_FILE = `${HOME}/passphrase`;
const STACK_CONFIG = `stacks/Pulumi.${STACK}.yaml`;

/**
 * The variables with which any Pulumi CLI works on the same state; no value of them is a secret. `metadata=skip`: the engine
 * writes each file of the state by a rename, but the attributes beside it in place, and one that a kill cut off in the
 * middle would make the state unreadable.
 */
export function engineEnvironment(): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `${pathToFileURL(resolvePath(STATE_DIRECTORY)).href}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: resolvePath(PASSPHRASE_FILE),
    PULUMI_HOME: resolvePath(ENGINE_HOME),
  };
}

/** Opens the stack, and makes it at the first time. */
export async function openStack(program: PulumiFn): Promise<Stack> {
  requireOwnHandlers();
  await prepareState();
  await isolateEnvironment();
  return await LocalWorkspace.createOrSelectStack(
    { stackName: STACK, projectName: PROJECT, program },
    {
      workDir: projectRoot,
      pulumiHome: engineEnvironment().PULUMI_HOME ?? "",
      pulumiCommand: await PulumiCommand.get({
        root: resolvePath(`${TOOLS_DIRECTORY}/pulumi`),
        skipVersionCheck: true,
      }),
      envVars: { ...engineEnvironment(), ...engineVariables() },
    },
  );
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
    PULUMI_HOME: engineEnvironment().PULUMI_HOME,
    TMPDIR: resolvePath(TEMPORARY),
    no_proxy: noProxy,
    NO_PROXY: noProxy,
  });
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
async function prepareState(): Promise<void> {
  await mkdir(resolvePath(STATE_DIRECTORY), { recursive: true, mode: 0o700 });
  const file = resolvePath(PASSPHRASE_FILE);
  if ((await readFile(file, "utf8").catch(() => "")) !== "") return;
  if ((await readFile(checkpointFile()).catch(() => undefined)) !== undefined) {
    throw new CommandError(
      "PASSPHRASE_MISSING",
      `${PASSPHRASE_FILE} is gone, and without it the state in ${STATE_DIRECTORY} can't be read. Put the file back; or give the state up: end what runs with \`npm stop -- --force\``,
    );
  }
  await writeFile(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  await dropEncryptionSalt();
}

/** A salt belongs to one passphrase: the engine would refuse a new one. */
async function dropEncryptionSalt(): Promise<void> {
  const file = resolvePath(STACK_CONFIG);
  const config = await readFile(file, "utf8").catch(() => undefined);
  if (config === undefined) return;
  const rest = config.replace(/^encryptionsalt:.*\n?/m, "");
  if (rest.trim() === "") await rm(file);
  else await writeFile(file, rest);
}

/** Where the engine keeps the stack's state on a file backend. */
export function checkpointFile(): string {
  return resolvePath(`${STATE_DIRECTORY}/.pulumi/stacks/${PROJECT}/${STACK}.json`);
}
