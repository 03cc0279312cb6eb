import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inPool } from "../../components/concurrency/inPool";
import { resolvePath } from "../../components/files/paths";
import { type PinnedImage, referenceOf } from "../../components/image/pinnedImage";
import { toolPath } from "../../components/local/tool";
import type { Place } from "./place";
import type { BenchRegistry } from "./registries";
import { timed } from "./statistics";

const run = promisify(execFile);

/** How many processes at a time are tried; the best counts. */
export const PROCESSES = [2, 4, 8];

/** The notation CLI with the same key, trust and registry; images per second. */
export class Notation {
  readonly #env: NodeJS.ProcessEnv;
  readonly #sign: readonly string[];

  constructor(place: Place, { connection, referrers }: BenchRegistry) {
    this.#env = {
      PATH: process.env.PATH,
      HOME: place.notationConfig,
      NOTATION_CONFIG: place.notationConfig,
      DOCKER_CONFIG: resolvePath(connection.dockerConfig ?? ""),
      SSL_CERT_FILE: resolvePath(connection.caFile ?? ""),
    };
    // Unless told so, notation 1.3 writes the tag schema also where the registry has the referrers API.
    const api = referrers === "referrers API" ? ["--force-referrers-tag=false"] : [];
    this.#sign = ["sign", "--key", place.keyName, ...api];
  }

  sign(images: readonly PinnedImage[], processes: number): Promise<number> {
    return this.#perSecond(this.#sign, images, processes);
  }

  verify(images: readonly PinnedImage[], processes: number): Promise<number> {
    return this.#perSecond(["verify"], images, processes);
  }

  /** As `verify`; an image that is refused was judged as well. */
  judge(images: readonly PinnedImage[], processes: number): Promise<number> {
    return this.#perSecond(["verify"], images, processes, (error) => {
      if (!/verification failed/i.test(String((error as { stderr?: string }).stderr))) throw error;
    });
  }

  async #perSecond(
    args: readonly string[],
    images: readonly PinnedImage[],
    processes: number,
    onFailure: (error: unknown) => void = rethrow,
  ): Promise<number> {
    const work = (image: PinnedImage) =>
      run(toolPath("notation"), [...args, referenceOf(image)], { env: this.#env }).catch(onFailure);
    return images.length / ((await timed(() => inPool(images, processes, work))) / 1000);
  }
}

function rethrow(error: unknown): never {
  throw error;
}
