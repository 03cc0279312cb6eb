import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { resolvePath } from "../../components/files/paths";
import { openRepository, type PinnedImage, scopeOf } from "../../components/image/pinnedImage";
import { pushImage } from "../../components/image/push";
import { attachSignature } from "../../components/image/signature";
import { openImageSource } from "../../components/image/source";
import { freePorts } from "../../components/local/ports";
import { registry } from "../../components/local/registry.handler";
import { toolPath } from "../../components/local/tool";
import { readTrustDirectory } from "../../components/trust/directory";
import { LOCAL_HOME, SAMPLE_IMAGE } from "../../stacks/config";
import { inTurns, median } from "./statistics";

const run = promisify(execFile);
const HOME = ".breakwater/bench/signing";
const KEY = "wabbit-networks.io";

export interface SigningResult {
  readonly oursMs: number;
  readonly notationMs: number;
}

/**
 * One image signed: verified in memory, pushed, verified again from the registry (ours), beside `notation sign`, which only
 * signs and pushes; with the same key, on a registry of their own. The stack must be up: its certificate and key are used.
 */
export async function signing(rounds: number): Promise<SigningResult> {
  const [port = 0] = await freePorts(1);
  const tls = ["chain", "key", "root"].map((name) => `${LOCAL_HOME}/certificate/${name}.pem`);
  const [chainFile = "", keyFile = "", rootFile = ""] = tls;
  const inputs = {
    directory: `${HOME}/registry`,
    port,
    username: "bench",
    certificate: "",
    tls: { chainFile, keyFile, rootFile },
  };
  const { outputs } = await registry.create(inputs);
  try {
    const connection = { host: `127.0.0.1:${port}`, caFile: rootFile, dockerConfig: `${HOME}/registry/docker` };
    const config = await notationConfig();
    const environment = {
      ...process.env,
      NOTATION_CONFIG: config,
      DOCKER_CONFIG: resolvePath(connection.dockerConfig),
      SSL_CERT_FILE: resolvePath(rootFile),
    };
    const images: PinnedImage[] = [];
    for (let at = 0; at < 2 * rounds; at += 1) {
      images.push(await pushSample({ registry: connection, repository: `bench/image-${at}` }));
    }
    const take = () => {
      const image = images.pop();
      if (image === undefined) throw new Error("no image left to sign");
      return image;
    };
    const times = await inTurns(rounds, {
      ours: () => signOurs(take()),
      notation: () => {
        const image = take();
        return run(toolPath("notation"), ["sign", "--key", KEY, `${scopeOf(image)}@${image.digest}`], {
          env: environment,
        });
      },
    });
    return { oursMs: median(times.ours), notationMs: median(times.notation) };
  } finally {
    await registry.delete({ ...inputs, ...outputs });
    await rm(resolvePath(HOME), { recursive: true, force: true });
  }
}

async function signOurs(image: PinnedImage): Promise<void> {
  await attachSignature(
    {
      image,
      trust: readTrustDirectory(resolvePath(`${LOCAL_HOME}/trust`)),
      certificate: await readFile(resolvePath(`${LOCAL_HOME}/identity/${KEY}.crt`), "utf8"),
      privateKey: () => readFile(resolvePath(`${LOCAL_HOME}/identity/${KEY}.key`), "utf8"),
    },
    undefined,
  );
}

async function pushSample(place: Pick<PinnedImage, "registry" | "repository">): Promise<PinnedImage> {
  const source = await openImageSource(resolvePath(SAMPLE_IMAGE));
  await pushImage(source, openRepository(place), { tag: "v1" });
  return { ...place, ...source.root };
}

/** A notation configuration folder with the stack's own key. */
async function notationConfig(): Promise<string> {
  const config = resolvePath(`${HOME}/notation`);
  await mkdir(path.join(config, "localkeys"), { recursive: true });
  const files = {
    keyPath: path.join(config, `localkeys/${KEY}.key`),
    certPath: path.join(config, `localkeys/${KEY}.crt`),
  };
  await copyFile(resolvePath(`${LOCAL_HOME}/identity/${KEY}.key`), files.keyPath);
  await copyFile(resolvePath(`${LOCAL_HOME}/identity/${KEY}.crt`), files.certPath);
  await writeFile(
    path.join(config, "signingkeys.json"),
    JSON.stringify({ default: KEY, keys: [{ name: KEY, ...files }] }),
  );
  return config;
}
