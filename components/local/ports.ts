import { createServer } from "node:net";
import { LocalServiceError } from "./error";

/** `count` different TCP ports of the loopback interface that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0)));
  const ports = held.map((server) => server.port);
  await Promise.all(held.map((server) => server.release()));
  return ports;
}

/** True when nothing listens on this port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await (await hold(port)).release();
    return true;
  } catch {
    return false;
  }
}

/** Throws `PORT_IN_USE` for the first port that another program holds. */
export async function requireFree(service: string, ports: readonly number[], wayOut: string): Promise<void> {
  for (const port of ports) {
    try {
      await (await hold(port)).release();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const taken = code === "EADDRINUSE";
      const why = taken ? "is used by another program. Stop that program" : `can't be used (${message})`;
      throw new LocalServiceError("PORT_IN_USE", `${service}: port ${port} of 127.0.0.1 ${why}, or ${wayOut}`);
    }
  }
}

function hold(port: number): Promise<{ port: number; release(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : port,
        release: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}
