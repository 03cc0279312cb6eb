import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { LOGIN, MANIFEST, ociError, type Scripted, sendErrors, sendManifest, startScripted } from "./scripted";

describe("A registry with a token server", () => {
  let scripted: Scripted;
  let asked: string[][];
  let refusals: number;
  beforeEach(async () => {
    scripted = await startScripted();
    asked = [];
    refusals = 0;
  });
  afterEach(() => scripted.stop());

  interface Behaviour {
    lifetime?: number;
    /** Whether the registry takes a token, given its scopes. */
    takes?: (scopes: string[], request: IncomingMessage) => boolean;
    challenge?: string;
    token?: (response: ServerResponse) => void;
  }

  /** Tokens are the scopes that they were asked for. */
  const serve = async ({ lifetime = 300, takes = () => true, challenge = "", token }: Behaviour): Promise<string> => {
    const host: string = await scripted.serve((request, response) => {
      const url = new URL(request.url ?? "", `https://${request.headers.host}`);
      if (url.pathname === "/token") {
        const scopes = url.searchParams.getAll("scope");
        asked.push(scopes);
        if (token !== undefined) token(response);
        else
          response.end(JSON.stringify({ token: Buffer.from(scopes.join(" ")).toString("hex"), expires_in: lifetime }));
        return;
      }
      const given = /^Bearer ([0-9a-f]+)$/.exec(request.headers.authorization ?? "")?.[1];
      if (given !== undefined && takes(Buffer.from(given, "hex").toString().split(" "), request)) {
        sendManifest(response, MANIFEST, request.method === "PUT" ? 201 : 200);
        return;
      }
      refusals++;
      const bearer = `Bearer realm="https://${host}/token",service="test"${challenge}`;
      sendErrors(response, 401, "UNAUTHORIZED", { "www-authenticate": bearer });
    });
    return host;
  };

  test("refuses one request and gives one token though many begin at once", async () => {
    const repository = await scripted.open(await serve({}));
    await Promise.all(Array.from({ length: 50 }, () => repository.resolve("v1")));
    expect({ refusals, asked: asked.length }).toEqual({ refusals: 1, asked: 1 });
    expect(repository.requests).toBe(52);
  });

  test("is asked for a new token before the old one expires, once for all that wait", async () => {
    const repository = await scripted.open(await serve({ lifetime: 1 }));
    await repository.resolve("v1");
    await repository.resolve("v1");
    expect(asked).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 550)); // Half of its lifetime.
    await Promise.all(Array.from({ length: 20 }, () => repository.resolve("v1")));
    expect({ refusals, asked: asked.length }).toEqual({ refusals: 1, asked: 2 });
  });

  test("that no longer takes a token is given a new one", async () => {
    let revoked = "";
    const host = await serve({ takes: () => revoked !== "now" });
    const repository = await scripted.open(host);
    await repository.resolve("v1");
    revoked = "now";
    await expect(repository.resolve("v1")).rejects.toMatchObject(ociError("REGISTRY_UNAUTHORIZED"));
    revoked = "";
    await repository.resolve("v1");
    expect(asked.length).toBeGreaterThan(1);
  });

  test("that finds a token's scope insufficient is obeyed: the scope of its challenge is asked for as well", async () => {
    const host = await serve({
      takes: (scopes) => scopes.includes("repository:other:pull"),
      challenge: ',error="insufficient_scope",scope="repository:other:pull repository:app:pull"',
    });
    const repository = await scripted.open(host);
    await repository.pushManifest(MANIFEST, OCI_IMAGE_MANIFEST, "v1");
    await repository.pushManifest(MANIFEST, OCI_IMAGE_MANIFEST, "v1");
    expect(asked).toEqual([["repository:app:pull,push", "repository:other:pull"]]);
  });

  test("tells a user without the right (insufficient_scope) from a token that is invalid", async () => {
    const weak = await serve({ takes: () => false, challenge: ',error="insufficient_scope"' });
    await expect((await scripted.open(weak)).resolve("v1")).rejects.toMatchObject({ code: "REGISTRY_DENIED" });
    const invalid = await serve({ takes: () => false, challenge: ',error="invalid_token"' });
    await expect((await scripted.open(invalid)).resolve("v1")).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
  });

  test.each([
    ["no JSON", "not json with secret-token"],
    ["no object", "[]"],
    ["no token", "{}"],
    ["a token that would break a header", JSON.stringify({ token: "secret\r\nx: y" })],
    ["nothing", ""],
  ])("whose token server answers with %s is refused without telling what it said", async (_, text) => {
    const repository = await scripted.open(await serve({ token: (response) => response.end(text) }));
    const error = await repository.resolve("v1").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(ociError("REGISTRY_RESPONSE_INVALID"));
    expect(String(error)).not.toContain("secret");
  });

  test("whose token server refuses the login is told as such, without the password", async () => {
    const host = await serve({ token: (response) => sendErrors(response, 401, "UNAUTHORIZED") });
    const error = await (await scripted.open(host)).resolve("v1").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(ociError("REGISTRY_UNAUTHORIZED"));
    expect(String(error)).not.toContain(LOGIN);
  });

  test("must name a token server that is spoken to over TLS", async () => {
    const host = await scripted.serve((_request, response) => {
      response.writeHead(401, { "www-authenticate": 'Bearer realm="http://127.0.0.1:1/token"' }).end();
    });
    await expect((await scripted.open(host)).resolve("v1")).rejects.toMatchObject(
      ociError("REGISTRY_RESPONSE_INVALID"),
    );
  });
});
