import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Below those that systems give to outgoing connections: one of these could take the port before it is listened on. */
const [FIRST, LAST] = [10_000, 30_000];

/** A TCP port of 127.0.0.1 that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** Waits until something accepts connections on a port of 127.0.0.1; throws after `timeoutMs` or when `stopped()` says why. */
export async function waitForPort(port: number, stopped: () => string | undefined, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await accepts(port))) {
    const reason = stopped();
    if (reason !== undefined) {
      throw new Error(`The server for port ${port} ended before it listened: ${reason}`);
    }
    if (Date.now() > deadline) {
      throw new Error(`Nothing listens on 127.0.0.1:${port} after ${timeoutMs} ms.`);
    }
    await sleep(25);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
