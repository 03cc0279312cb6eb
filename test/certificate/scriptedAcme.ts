import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Agent, request } from "undici";
import type { AcmeServer } from "../../components/certificate/acmeServer";
import type { PebbleProcess } from "./pebbleProcess";

/** An answer in place of Pebble's; `cut` closes the connection instead. */
export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  cut?: boolean;
}

export interface ScriptedRequest {
  method: string;
  path: string;
  /** The JWS's payload, if it is JSON. */
  payload: Record<string, unknown> | undefined;
}

/** A server in front of the real Pebble that answers some requests by itself, as public servers do and Pebble does not. */
export interface ScriptedAcme {
  server: AcmeServer;
  /** All requests so far. */
  requests: ScriptedRequest[];
  /** Undefined passes a request on to Pebble. */
  answer: (request: ScriptedRequest) => ScriptedAnswer | undefined;
  /** Changes the directory that Pebble shows. */
  directory: (shown: Record<string, unknown>) => Record<string, unknown>;
  stop(): Promise<void>;
}

export async function startScriptedAcme(pebble: PebbleProcess): Promise<ScriptedAcme> {
  // With Pebble's own certificate: a client trusts both by the one file.
  const [cert, key] = await Promise.all(
    ["ca.pem", "ca-key.pem"].map((name) => readFile(join(pebble.directory, name), "utf8")),
  );
  const upstream = new Agent({ connect: { ca: `${cert}` } });
  const { origin } = new URL(pebble.server.url);
  const listener = createServer({ cert, key }, async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = "GET", url: path = "/" } = incoming;
    const asked = { method, path, payload: payloadOf(body) };
    scripted.requests.push(asked);
    const own = scripted.answer(asked);
    if (own?.cut) return void incoming.socket.destroy();
    if (own !== undefined) {
      const json = typeof own.body === "object";
      outgoing.writeHead(own.status, { ...(json && { "content-type": "application/problem+json" }), ...own.headers });
      return void outgoing.end(json ? JSON.stringify(own.body) : String(own.body ?? ""));
    }
    const answer = await request(`${origin}${path}`, {
      method,
      // Pebble makes its URLs of the host that it is asked for, so all further requests come here as well.
      headers: Object.fromEntries(
        ["host", "content-type", "user-agent"].map((name) => [name, String(incoming.headers[name] ?? "")]),
      ),
      body: body.length > 0 ? body : null,
      dispatcher: upstream,
    });
    const text = await answer.body.text();
    const { "content-length": _, "transfer-encoding": __, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode, headers);
    const shown = path === "/dir" ? JSON.stringify(scripted.directory(JSON.parse(text))) : text;
    outgoing.end(method === "HEAD" ? undefined : shown);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  const scripted: ScriptedAcme = {
    server: { ...pebble.server, url: `https://127.0.0.1:${port}/dir` },
    requests: [],
    answer: () => undefined,
    directory: (shown) => shown,
    async stop() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
      await upstream.close();
    },
  };
  return scripted;
}

function payloadOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const { payload } = JSON.parse(body.toString()) as { payload: string };
    return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
