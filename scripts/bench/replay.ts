import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { inPool } from "../../components/concurrency/inPool";
import { resolvePath } from "../../components/files/paths";
import type { RegistryConnection } from "../../components/oci/repository";
import { ownProcessorMs } from "./processorTime";
import type { RecordedRequest } from "./recording";
import { timed } from "./statistics";

export interface ReplayResult {
  readonly perSecond: number;
  /** Of this process, an image; milliseconds. */
  readonly processorMs: number;
}

/**
 * The bare requests, images per second and milliseconds of processor time an image: each image's own in their order, `concurrency` images at a time, and nothing else:
 * no signing, no verifying, no digests, no waiting. `from` is replaced by `to`, so that what is written is new to the registry.
 */
export async function replay(
  images: readonly RecordedRequest[][],
  place: { connection: RegistryConnection; from: string; to: string },
  concurrency: number,
): Promise<ReplayResult> {
  const { connection, from, to } = place;
  const ca = readFileSync(resolvePath(connection.caFile ?? ""), "utf8");
  const dispatcher = new Agent({ connect: { ca } });
  const origin = `https://${connection.host}`;
  const send = async (requests: readonly RecordedRequest[]) => {
    let upload: string | undefined;
    for (const { method, path, headers, body } of requests) {
      // The second half of an upload goes where the registry says.
      const target =
        method === "PUT" && upload !== undefined
          ? uploadTarget(upload, path, origin)
          : `${origin}${path.replace(`/v2/${from}/`, `/v2/${to}/`)}`;
      const { "content-length": _, host: __, connection: ___, ...kept } = headers;
      const response = await request(target, {
        method: method as "GET",
        dispatcher,
        headers: kept,
        body: body.length > 0 ? body : null,
      });
      await response.body.dump();
      if (response.statusCode >= 400 && response.statusCode !== 404) {
        throw new Error(`the replay of ${method} ${path} is answered with ${response.statusCode}`);
      }
      const { location } = response.headers;
      upload = method === "POST" && typeof location === "string" ? location : undefined;
    }
  };
  try {
    await send(images[0] ?? []); // opens the first connection, as the client's warm-up does
    const processor = ownProcessorMs();
    const ms = await timed(() => inPool(images, concurrency, send));
    return {
      perSecond: images.length / (ms / 1000),
      processorMs: (ownProcessorMs() - processor) / images.length,
    };
  } finally {
    await dispatcher.close();
  }
}

function uploadTarget(location: string, recordedPath: string, origin: string): string {
  const target = new URL(location, origin);
  const digest = new URL(recordedPath, origin).searchParams.get("digest");
  if (digest !== null) target.searchParams.set("digest", digest);
  return target.href;
}
