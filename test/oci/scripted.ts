import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "../../components/oci/digest";
import { OciError } from "../../components/oci/error";
import { OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { type RegistryConnection, Repository } from "../../components/oci/repository";
import { makeLoopbackTls } from "../support/registries";

export const MANIFEST = Buffer.from('{"schemaVersion":2}');
export const DIGEST = digestOf(MANIFEST);
/** `user:password` in base64, of every scripted server's host. */
export const LOGIN = Buffer.from("ci:secret").toString("base64");

export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** Real HTTP servers that do what a test says, for what real registries do not do on demand. */
export interface Scripted {
  readonly directory: string;
  readonly caFile: string;
  /** Over TLS; `host:port`. */
  serve(answer: Answer): Promise<string>;
  serveHttp(answer: Answer): Promise<string>;
  /** The repository `app`, with the login. */
  open(host: string, connection?: Partial<RegistryConnection>): Promise<Repository>;
  stop(): Promise<void>;
}

export async function startScripted(): Promise<Scripted> {
  const directory = await mkdtemp(join(tmpdir(), "breakwater-scripted-"));
  const caFile = join(directory, "ca.crt");
  const tls = await makeLoopbackTls();
  await writeFile(caFile, tls.ca);
  const servers: (Server & { closeAllConnections(): void })[] = [];
  const listen = async (server: Server & { closeAllConnections(): void }): Promise<string> => {
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const withBody = (answer: Answer) => (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => answer(request, response, Buffer.concat(chunks)));
    request.on("error", () => undefined);
  };
  return {
    directory,
    caFile,
    serve: (answer) => listen(createServer({ cert: tls.certificate, key: tls.key }, withBody(answer))),
    serveHttp: (answer) => listen(createHttpServer(withBody(answer))),
    async open(host, connection = {}) {
      await writeFile(join(directory, "config.json"), JSON.stringify({ auths: { [host]: { auth: LOGIN } } }));
      return new Repository({
        connection: { host, caFile, dockerConfig: directory, ...connection },
        repository: "app",
      });
    },
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function sendManifest(response: ServerResponse, bytes = MANIFEST, status = 200): void {
  const headers = {
    "content-type": OCI_IMAGE_MANIFEST,
    "content-length": bytes.length,
    "docker-content-digest": digestOf(bytes),
  };
  response.writeHead(status, headers).end(bytes);
}

export function sendErrors(response: ServerResponse, status: number, code: string, headers = {}): void {
  response.writeHead(status, headers).end(JSON.stringify({ errors: [{ code, message: "no" }] }));
}

export function ociError(code: string): object {
  return { name: OciError.name, code };
}
