import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { runDocker } from "../../components/docker/cli";
import { messageOf } from "../../components/errors";
import { resolvePath } from "../../components/files/paths";
import { say } from "./command";
import { engineEnvironment, engineVariables } from "./engine";
import type { StackName } from "./stackName";

const NAME = "docker";
/** Where the engine gets plugins from. */
const SOURCES = ["github.com", "get.pulumi.com"];
const PROBE_MS = 3_000;
const ENGINE_MS = 10_000;
const INSTALL_MS = 180_000;

/**
 * Why the engine can't build images here, in words: its plugin for Docker is not there, nor to be had. It is installed where it can
 * be had: in time, before the engine would look for it and fail.
 */
export async function whyNoDockerPlugin(stack: StackName): Promise<string | undefined> {
  if ((await isDockerPluginThere(stack)) || ((await isNetworkThere()) && (await isInstalledNow(stack))))
    return undefined;
  return "the engine's plugin for Docker is not on this machine, and can't be had from here: `pulumi plugin install resource docker` gets it where there is a network";
}

/** Why Docker Engine builds nothing here, in words. */
export async function whyNoDockerEngine(): Promise<string | undefined> {
  try {
    await runDocker(["version", "--format", "{{.Server.Version}}"], { timeoutMs: ENGINE_MS });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function isInstalledNow(stack: StackName): Promise<boolean> {
  const version = pluginVersion();
  say(`Installing the engine's plugin for Docker (${NAME} ${version}) …`);
  const args = ["plugin", "install", "resource", NAME, `v${version}`, "--non-interactive"];
  const options = { env: environmentOf(stack), timeout: INSTALL_MS, killSignal: "SIGKILL" as const };
  return await promisify(execFile)("pulumi", args, options).then(
    () => true,
    () => false,
  );
}

/** That of the npm package: the engine asks for the very same. */
function pluginVersion(): string {
  const { pulumi } = JSON.parse(readFileSync(resolvePath("node_modules/@pulumi/docker/package.json"), "utf8")) as {
    pulumi: { version: string };
  };
  return pulumi.version;
}

function environmentOf(stack: StackName): NodeJS.ProcessEnv {
  return { ...process.env, ...engineEnvironment(stack), ...engineVariables() };
}

/** Whether the engine would find it; nothing is installed. */
async function isDockerPluginThere(stack: StackName): Promise<boolean> {
  const environment = environmentOf(stack);
  const binary = `pulumi-resource-${NAME}`;
  const places = [
    path.join(environment.PULUMI_HOME ?? "", "plugins", `resource-${NAME}-v${pluginVersion()}`, binary),
    ...(environment.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, binary)),
  ];
  const found = await Promise.all(
    places.map((place) =>
      access(place).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Without one the engine would try again and again. Behind a proxy that can't be told. */
async function isNetworkThere(): Promise<boolean> {
  if (process.env.https_proxy || process.env.HTTPS_PROXY) return true;
  return (await Promise.all(SOURCES.map(answers))).includes(true);
}

function answers(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443, timeout: PROBE_MS });
    const settle = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", settle(true)).once("error", settle(false)).once("timeout", settle(false));
    setTimeout(settle(false), PROBE_MS).unref(); // also while the name is looked up
  });
}
