import { afterAll, beforeAll, expect, test } from "vitest";
import { DIGEST, MANIFEST, type Scripted, startScripted } from "./scripted";

let scripted: Scripted;
beforeAll(async () => {
  scripted = await startScripted();
});
afterAll(() => scripted.stop());

test("A connection stays open behind HEAD: thousands of tags need no handshake each", async () => {
  const connections = new Set<number | undefined>();
  const host = await scripted.serve((request, response) => {
    connections.add(request.socket.remotePort);
    const headers = {
      "content-type": "application/vnd.oci.image.manifest.v1+json",
      "content-length": MANIFEST.length,
      "docker-content-digest": DIGEST,
    };
    response.writeHead(200, headers).end();
  });
  const repository = await scripted.open(host);
  for (let at = 0; at < 40; at++) expect((await repository.resolve(`v${at}`))?.digest).toBe(DIGEST);
  // A pool may open a second one before the first is free again.
  expect(connections.size).toBeLessThan(10);
});
