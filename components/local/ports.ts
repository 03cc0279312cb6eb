import { createServer } from "node:net";
import { LocalServiceError } from "./error";

const LOOPBACK = "127.0.0.1";

/** `count` different TCP ports of the loopback interface that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0, LOOPBACK)));
  const ports = held.map((server) => server.port);
  await Promise.all(held.map((server) => server.release()));
  return ports;
}

/** True when nothing listens on this port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  return (await listenFailure(port, LOOPBACK)) === undefined;
}

/** Throws `PORT_IN_USE` for the first port that another program holds. */
export async function requireFree(service: string, ports: readonly number[], wayOut: string): Promise<void> {
  for (const port of ports) {
    const failure = await listenFailure(port, LOOPBACK);
    if (failure === undefined) continue;
    const taken = failure.code === "EADDRINUSE";
    const why = taken ? "is used by another program. Stop that program" : `can't be used (${failure.message})`;
    throw new LocalServiceError("PORT_IN_USE", `${service}: port ${port} of 127.0.0.1 ${why}, or ${wayOut}`);
  }
}

/** Why a TCP port can't be listened on now, of one address or, without `host`, of all; undefined when it can. */
export async function listenFailure(port: number, host?: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await (await hold(port, host)).release();
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function hold(port: number, host?: string): Promise<{ port: number; release(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, ...(host !== undefined && { host }), exclusive: true }, () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : port,
        release: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}
