import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { countersign } from "../../components/notary/timestamp/countersign";
import { requireTrustedTimestamp } from "../../components/notary/timestamp/trustedTimestamp";
import { PkiError } from "../../components/pki/error";
import { httpTimestampServer } from "../../components/pki/timestampServer";
import { expectCode } from "../notary/expectCode";
import * as make from "../support/certificates";
import { unreachable } from "../support/revocation";
import { startTsa, type TestTsa } from "../support/tsa";

describe("a real time stamping authority (OpenSSL)", () => {
  let tsa: TestTsa;
  let signer: make.TestCertificate;
  beforeAll(async () => {
    tsa = await startTsa();
    const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) };
    signer = await make.selfSignedLeaf(validity);
  });
  afterAll(() => tsa.stop());

  it.each(["EC-256", "EC-384", "EC-521"] as const)("stamps a signature of a key of %s", async (keySpec) => {
    const shared = {
      signature: Buffer.from(`a signature with ${keySpec}`),
      certificateChain: [parseCertificate(signer.der)],
      now: new Date(),
    };
    const trust = { roots: [parseCertificate(tsa.root.der)], revocation: unreachable };
    const timestamping = { server: httpTimestampServer(tsa.url), ...trust };
    const token = await countersign({ ...shared, keySpec, timestamping });
    await requireTrustedTimestamp({ ...shared, ...trust, token });
  });
});

describe("over HTTP", () => {
  let server: Server | undefined;
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server?.closeAllConnections();
        server?.close(() => resolve());
        if (!server) resolve();
        server = undefined;
      }),
  );
  async function answering(listener: RequestListener): Promise<string> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;
  }
  const ask = (url: string) => httpTimestampServer(url).request(Buffer.from("query"));
  const reply = { "content-type": "application/timestamp-reply" };

  it("a query is posted as one, and the reply handed back", async () => {
    let asked: unknown;
    const url = await answering(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      asked = [request.method, request.headers["content-type"], Buffer.concat(chunks).toString()];
      response.writeHead(200, reply).end("answer");
    });
    expect((await ask(url)).toString()).toBe("answer");
    expect(asked).toEqual(["POST", "application/timestamp-query", "query"]);
  });

  it("another type, another status, too large an answer and another scheme are refused", async () => {
    const typed = await answering((_, response) => void response.writeHead(200, { "content-type": "text/html" }).end());
    await expectCode(() => ask(typed), PkiError, "PKI_RESPONSE_TYPE");
    await expectCode(() => ask("ftp://tsa.test/"), PkiError, "PKI_ADDRESS_REFUSED");
  });

  it("a failing status is refused", async () => {
    const url = await answering((_, response) => void response.writeHead(503, reply).end());
    await expectCode(() => ask(url), PkiError, "PKI_RESPONSE_STATUS");
  });

  it("one mebibyte is too much", async () => {
    const url = await answering((_, response) => void response.writeHead(200, reply).end(Buffer.alloc(1024 * 1024)));
    await expectCode(() => ask(url), PkiError, "PKI_RESPONSE_TOO_LARGE");
  });
});
