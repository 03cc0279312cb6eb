import { readFile } from "node:fs/promises";
import path from "node:path";
import { resolvePath } from "../../components/files/paths";
import { openImageSource } from "../../components/image/source";
import { freePorts, requireFree } from "../../components/local/ports";
import { KEY_SPECS, type KeySpec } from "../../components/notary/certificates/keySpec";
import { LOCAL_HOME, SAMPLE_IMAGE } from "../../stacks/localConfig";
import { CommandError } from "./error";
import { parseOptions } from "./options";
import { type StackName, stackNamed } from "./stackName";

export const START_HELP = `npm start [-- OPTIONS]
\`pulumi up\` of a stack. Without --stack it is the stack "local": a registry with a real certificate on loopback, and a
signed, verified image in it. Another stack is what its config stacks/Pulumi.NAME.yaml says.

  --stack NAME    the stack
  --preview       show what would change, and why, and change nothing
  --expect-no-changes   with --preview: fail when anything is not as declared (a drift check)
  --json          print the summary as JSON, alone on standard output (npm start --silent -- --json)
  --help          this text

Of the stack "local":
  --image PATH    sign this image instead of the sample: an OCI layout folder, an OCI archive or a \`docker save\`
                  archive. Remembered; \`--image sample\` goes back to the sample
  --accept-tag    point the image's tag back to what is declared, though somebody else has moved it
  --port PORT     port of the registry on 127.0.0.1 (0: any free one). Remembered
  --key-spec SPEC key of the signing identity: RSA-2048, RSA-3072, RSA-4096, EC-256, EC-384 or EC-521. Remembered

A preview of another stack needs no Docker, no network and no key, and leaves nothing behind.
PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE and PULUMI_ACCESS_TOKEN are heeded for it;
without them its state is in this folder (.breakwater/state), its passphrase in .breakwater/passphrase.

Exit codes: 0 done, 1 failed (also a change that --expect-no-changes finds), 2 wrong usage or input, 130 interrupted. \`npm stop\` takes everything down.`;

const OPTIONS = {
  stack: { type: "string" },
  preview: { type: "boolean" },
  "expect-no-changes": { type: "boolean" },
  image: { type: "string" },
  "accept-tag": { type: "boolean" },
  port: { type: "string" },
  "key-spec": { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export interface StartOptions {
  readonly stack: StackName;
  readonly preview: boolean;
  /** Of a preview: a change is a failure. */
  readonly expectNoChanges: boolean;
  readonly json: boolean;
  readonly acceptTag: boolean;
  /** To be remembered in the stack's config. */
  readonly config: Readonly<Record<string, string>>;
}

/** The options; undefined when only the help was asked for. @throws CommandError USAGE, STACK_UNKNOWN */
export async function readStartOptions(args: readonly string[]): Promise<StartOptions | undefined> {
  const values = parseOptions(args, OPTIONS, "npm start --");
  if (values.help) return undefined;
  if (values["expect-no-changes"] && !values.preview) {
    throw new CommandError("USAGE", "--expect-no-changes is of a preview: give --preview as well");
  }
  const stack = stackNamed(values.stack);
  const ofLocal = (["image", "accept-tag", "port", "key-spec"] as const).find((name) => values[name] !== undefined);
  if (!stack.isLocal && ofLocal !== undefined) {
    throw new CommandError(
      "USAGE",
      `--${ofLocal} is of the stack local; of "${stack.name}" it is in ${stack.configFile}`,
    );
  }
  const config: Record<string, string> = {};
  if (values.image !== undefined) config.image = await usableImage(values.image);
  if (values["key-spec"] !== undefined) config.keySpec = knownKeySpec(values["key-spec"]);
  if (values.port !== undefined) config.registryPort = await usablePort(values.port);
  return {
    stack,
    preview: values.preview ?? false,
    expectNoChanges: values["expect-no-changes"] ?? false,
    json: values.json ?? false,
    acceptTag: values["accept-tag"] ?? false,
    config,
  };
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
