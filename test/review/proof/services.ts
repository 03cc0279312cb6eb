import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TimestampServer } from "../../../components/notary/timestamp/timestampServer";
import type { TestCertificate } from "../../support/certificates";
import { makeResponse, makeToken, readRequest } from "../../support/tsaToken";

/** A time stamping authority whose clock stands still: what it stamps was stamped while a certificate of today's past was valid. */
export function stampsOf(leaf: TestCertificate, time: Date): TimestampServer {
  const genTime = time.toISOString().replace(/[-:T]|\.\d+/g, "");
  return {
    request: async (request) => {
      const { nonce, hashedMessage: imprint } = readRequest(request);
      return makeResponse(makeToken({ leaf, message: Buffer.alloc(0), imprint, genTime, nonce }));
    },
  };
}

/** Serves one revocation list on loopback. */
export async function startLists() {
  let list = Buffer.alloc(0);
  const server = createServer((_, response) =>
    response.writeHead(200, { "content-type": "application/pkix-crl" }).end(list),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme.crl`,
    publish: (crl: Buffer) => {
      list = Buffer.from(crl);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
