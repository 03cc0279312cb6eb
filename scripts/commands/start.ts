import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { runtime } from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { messageOf } from "../../components/errors";
import { resolvePath } from "../../components/files/paths";
import { openImageSource } from "../../components/image/source";
import { freePorts, requireFree } from "../../components/local/ports";
import { KEY_SPECS, type KeySpec } from "../../components/notary/certificates/keySpec";
import { LOCAL_HOME, SAMPLE_IMAGE } from "../../stacks/config";
import { program } from "../../stacks/program";
import { countChanges } from "./changes";
import { type Exclusively, outlivingInterrupts, runCommand, say } from "./command";
import { openStack, PROJECT } from "./engine";
import { CommandError } from "./error";
import { RunLog } from "./progress";
import { pruneHistory, recover } from "./recovery";
import { plannedChangesLine, renderSummary, summaryOf } from "./summary";

const HELP = `npm start [-- OPTIONS]
Brings up a registry with a real certificate, and a signed, verified image in it: \`pulumi up\` of the stack "local".

  --preview       show what would change, and why, and change nothing
  --image PATH    sign this image instead of the sample: an OCI layout folder, an OCI archive or a \`docker save\`
                  archive. Remembered; \`--image sample\` goes back to the sample
  --accept-tag    point the image's tag back to what is declared, though somebody else has moved it
  --port PORT     port of the registry on 127.0.0.1 (0: any free one). Remembered
  --key-spec SPEC key of the signing identity: RSA-2048, RSA-3072, RSA-4096, EC-256, EC-384 or EC-521. Remembered
  --json          print the summary as JSON, alone on standard output (npm start --silent -- --json)
  --help          this text

Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 interrupted. \`npm stop\` takes everything down.`;

interface Options {
  readonly preview: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly acceptTag: boolean;
  /** To be remembered in the stack's config. */
  readonly config: Readonly<Record<string, string>>;
}

/** The command; resolves to its exit code. */
export function start(args: readonly string[], exclusively: Exclusively): Promise<number> {
  return runCommand(async () => {
    const options = await readOptions(args);
    if (options.help) process.stdout.write(`${HELP}\n`);
    else await exclusively(() => outlivingInterrupts(() => run(options)));
  });
}

async function run(options: Options): Promise<void> {
  const overrides = { ...options.config, ...(options.acceptTag && { acceptTag: "true" }) };
  const stack = await openStack(() => {
    for (const [name, value] of Object.entries(overrides)) runtime.setConfig(`${PROJECT}:${name}`, value);
    return program();
  });
  await recover(stack);
  if (!options.preview) await remember(stack, options.config);

  const log = new RunLog({ preview: options.preview });
  say(options.preview ? "Looking at what would change …" : "Bringing the stack up …");
  const operations = await operate(stack, options, log);
  await pruneHistory();

  const changes = countChanges(operations);
  if (options.preview) {
    process.stdout.write(
      `${options.json ? JSON.stringify({ changes, resources: log.changes }) : plannedChangesLine(changes)}\n`,
    );
  } else {
    const summary = summaryOf(log.outputs ?? {}, changes);
    process.stdout.write(`${options.json ? JSON.stringify(summary) : `\n${renderSummary(summary, new Date())}`}\n`);
  }
}

async function operate(stack: Stack, options: Options, log: RunLog) {
  try {
    // Pulumi.yaml asks for the refresh as well; here it can't be edited away.
    const settings = { onEvent: log.onEvent, refresh: true, color: "never" as const };
    if (options.preview) return (await stack.preview(settings)).changeSummary;
    return (await stack.up(settings)).summary.resourceChanges;
  } catch (error) {
    throw log.failure(error);
  }
}

/** Config of the stack is what a plain `pulumi up` reads as well. */
async function remember(stack: Stack, config: Options["config"]): Promise<void> {
  for (const [name, value] of Object.entries(config)) await stack.setConfig(`${PROJECT}:${name}`, { value });
}

async function readOptions(args: readonly string[]): Promise<Options> {
  const { values } = parse(args);
  const config: Record<string, string> = {};
  if (values.image !== undefined) config.image = await usableImage(values.image);
  if (values["key-spec"] !== undefined) config.keySpec = knownKeySpec(values["key-spec"]);
  if (values.port !== undefined) config.registryPort = await usablePort(values.port);
  return {
    preview: values.preview ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
    acceptTag: values["accept-tag"] ?? false,
    config,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        preview: { type: "boolean" },
        image: { type: "string" },
        "accept-tag": { type: "boolean" },
        port: { type: "string" },
        "key-spec": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new CommandError("USAGE", `${messageOf(error)}. \`npm start -- --help\` shows what there is`);
  }
}

/** Looked at before it is remembered: a path that can't be right must not break the next run. */
async function usableImage(given: string): Promise<string> {
  if (given === "sample") return SAMPLE_IMAGE;
  const image = path.resolve(process.env.INIT_CWD ?? ".", given);
  await (await openImageSource(image)).verify();
  return image;
}

function knownKeySpec(given: string): KeySpec {
  const known = KEY_SPECS.find((spec) => spec === given);
  if (known === undefined) throw new CommandError("USAGE", `--key-spec ${given}: use one of ${KEY_SPECS.join(", ")}`);
  return known;
}

/** Looked at before it is remembered, as the image is. */
async function usablePort(given: string): Promise<string> {
  const port = Number(given);
  if (!/^\d{1,5}$/.test(given) || port > 65_535) {
    throw new CommandError("USAGE", `--port ${given}: a port is a number from 0 to 65535`);
  }
  if (port === 0) return String((await freePorts(1))[0]);
  if (!(await isOwnPort(port))) await requireFree("registry", [port], "choose another (`--port 0`: any free one)");
  return given;
}

/** True when the stack's own registry has this port: the file with its login names it. */
async function isOwnPort(port: number): Promise<boolean> {
  const login = await readFile(resolvePath(`${LOCAL_HOME}/registry/docker/config.json`), "utf8").catch(() => "");
  return login.includes(`"127.0.0.1:${port}"`);
}
