import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { type BoundedRequest, boundedRequest } from "../../components/pki/boundedRequest";
import { PkiError, type PkiErrorCode } from "../../components/pki/error";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (url: string, more: Partial<BoundedRequest> = {}) =>
  boundedRequest({ url, method: "GET", timeoutMs: 2_000, limit: 1_000, ...more });

async function expectRefusal(answer: Promise<Buffer>, code: PkiErrorCode): Promise<PkiError> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PkiError);
  expect((error as PkiError).code).toBe(code);
  return error as PkiError;
}

it("sends what it is given, without credentials, and returns the body", async () => {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { "content-type": type, authorization, cookie } = request.headers;
      seen.push(request.method, request.url, Buffer.concat(chunks).toString(), type, authorization, cookie);
      response.end("answer");
    });
  });
  const body = await ask(`${url}/tsa`, { method: "POST", body: Buffer.from("ask"), contentType: "application/x" });
  expect(body.toString()).toBe("answer");
  expect(seen).toEqual(["POST", "/tsa", "ask", "application/x", undefined, undefined]);
});

it("reads as many bytes as are allowed, and not one more", async () => {
  const url = await serve((request, response) => response.end(Buffer.alloc(Number(request.url?.slice(1)))));
  expect(await ask(`${url}/1000`)).toHaveLength(1_000);
  await expectRefusal(ask(`${url}/1001`), "PKI_RESPONSE_TOO_LARGE");
});

it("gives up when the answer has not come whole in time: no headers, half a body, one byte a moment", async () => {
  const silent = await serve(() => undefined);
  await expectRefusal(ask(silent, { timeoutMs: 200 }), "PKI_TIMEOUT");
  const half = await serve((_, response) => response.writeHead(200, { "content-length": "10" }).write("half"));
  await expectRefusal(ask(half, { timeoutMs: 200 }), "PKI_TIMEOUT");
  const drip = await serve((_, response) => {
    const timer = setInterval(() => response.write("."), 20);
    response.on("close", () => clearInterval(timer));
  });
  await expectRefusal(ask(drip, { timeoutMs: 300 }), "PKI_TIMEOUT");
});

it("counts redirects into the same time", async () => {
  const url = await serve((_, response) => {
    setTimeout(() => response.writeHead(302, { location: "/again" }).end(), 80);
  });
  await expectRefusal(ask(url, { timeoutMs: 200 }), "PKI_TIMEOUT");
});

it("follows nine redirects and no more", async () => {
  const url = await serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) response.end("there");
    else response.writeHead(301, { location: `/${left - 1}` }).end("elsewhere");
  });
  expect((await ask(`${url}/9`)).toString()).toBe("there");
  await expectRefusal(ask(`${url}/10`), "PKI_REDIRECTS_TOO_MANY");
});

it("sends the body on after 307 and not after 302", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/307" || request.url === "/302") {
      response.writeHead(Number(request.url.slice(1)), { location: "/end" }).end();
      return;
    }
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
    });
    request.on("end", () => response.end(`${request.method} ${size} ${request.headers["content-type"] ?? ""}`));
  });
  const post: Partial<BoundedRequest> = { method: "POST", body: Buffer.from("four"), contentType: "a/b" };
  expect((await ask(`${url}/307`, post)).toString()).toBe("POST 4 a/b");
  expect((await ask(`${url}/302`, post)).toString()).toBe("GET 0 ");
});

it.each([
  "file:///etc/hostname",
  "ftp://127.0.0.1/crl",
  "data:,x",
  "ldap://127.0.0.1/x",
  "http://u:p@127.0.0.1/",
  "no",
])("does not go to %s, asked or redirected", async (address) => {
  const own = await expectRefusal(ask(address), "PKI_ADDRESS_REFUSED");
  expect(own.message).not.toContain("u:p");
  if (address === "no") return; // a relative address is fine in a redirect
  const url = await serve((_, response) => response.writeHead(302, { location: address }).end());
  await expectRefusal(ask(url), "PKI_ADDRESS_REFUSED");
});

it("takes no answer but one of status 200 and of the media type asked for", async () => {
  const url = await serve((request, response) => {
    response.writeHead(Number(request.url?.slice(1)), { "content-type": "text/html" }).end("page");
  });
  for (const status of [201, 204, 304, 404, 500]) await expectRefusal(ask(`${url}/${status}`), "PKI_RESPONSE_STATUS");
  await expectRefusal(ask(`${url}/302`), "PKI_RESPONSE_STATUS");
  expect((await ask(`${url}/200`, { responseType: "text/html" })).toString()).toBe("page");
  await expectRefusal(ask(`${url}/200`, { responseType: "application/timestamp-reply" }), "PKI_RESPONSE_TYPE");
});

it("notices a body that is cut off", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": "10" }).write("half", () => response.destroy());
  });
  await expectRefusal(ask(url), "PKI_CONNECTION_LOST");
});

it("says when no one listens", async () => {
  const url = await serve(() => undefined);
  for (const server of servers.splice(0)) server.close();
  await expectRefusal(ask(url), "PKI_SERVER_UNREACHABLE");
});
