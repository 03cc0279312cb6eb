import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import type { AcmeCertificateInputs } from "../../components/certificate/acmeCertificateInputs";
import { toHandler } from "../../components/provider/handler";
import { readAll } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { spawnPebble } from "./pebbleProcess";
import { startScriptedAcme } from "./scriptedAcme";
import { type AcmeTestServer, startPebble } from "./support";

let pebble: AcmeTestServer;
beforeAll(async () => {
  pebble = await startPebble();
});
afterAll(() => pebble?.place.end());

const newResource = () => new ManagedResource(toHandler(acmeCertificate));
const fileOf = ({ directory }: AcmeCertificateInputs, name: string) => join(directory, name);

describe("a certificate by ACME", () => {
  it("is issued for 127.0.0.1 with its files, the key for the owner alone, and does not drift", async () => {
    const [resource, request] = [newResource(), pebble.request("issued")];
    expect(await resource.up(request)).toBe("create");
    expect(resource.id).toBe(resource.state.thumbprint);
    expect(resource.state.subjectAltName).toBe("IP Address:127.0.0.1");
    const modes = { "chain.pem": 0o644, "key.pem": 0o600, "root.pem": 0o644 };
    for (const [name, mode] of Object.entries(modes)) {
      expect((await stat(fileOf(request, name))).mode & 0o777).toBe(mode);
    }
    for (const name of ["account-key.pem", "order.json"]) {
      expect((await stat(fileOf(request, name))).mode & 0o777).toBe(0o600);
    }
    expect(await resource.up(request)).toBe("same");
    await expectServes(request);
  });

  it("answers no challenge once it is issued", async () => {
    const [resource, request] = [newResource(), pebble.request("closed")];
    await resource.up(request);
    const code = await new Promise((resolve) => {
      const socket = connect(request.challenge.port, request.challenge.address);
      socket.once("connect", () => resolve(socket.destroy() && "listens"));
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(code).toBe("ECONNREFUSED");
  });

  it.each(["chain.pem", "key.pem", "root.pem"])("writes %s again, byte for byte, without an order", async (name) => {
    const [resource, request] = [newResource(), pebble.request(`again-${name}`)];
    await resource.up(request);
    const [id, orders, content] = [resource.id, await pebble.orders(), await readFile(fileOf(request, name), "utf8")];
    await rm(fileOf(request, name));
    expect(await resource.preview(request)).toBe("update");
    expect(await resource.up(request)).toBe("update");
    expect(await readFile(fileOf(request, name), "utf8")).toBe(content);
    expect(await resource.up(request)).toBe("same");
    expect([resource.id, await pebble.orders()]).toEqual([id, orders]);
  });

  it("is another one for other names or another folder", async () => {
    const [resource, request] = [newResource(), pebble.request("names")];
    await resource.up(request);
    const first = resource.id;
    const moved = { ...request, directory: fileOf(request, "moved") };
    expect(await resource.up(moved)).toBe("replace");
    expect(resource.id).not.toBe(first);
    await expectServes(moved);
    await expect(readFile(fileOf(request, "key.pem"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is not another one because the server is elsewhere or wants another challenge port", async () => {
    const [resource, request] = [newResource(), pebble.request("elsewhere")];
    await resource.up(request);
    const server = { ...request.server, url: "https://127.0.0.1:1/dir" };
    expect(
      await resource.up({ ...request, server, challenge: { type: "http-01", address: "127.0.0.1", port: 1 } }),
    ).toBe("same");
  });

  it("takes its files and its journal with it when it is deleted, and nothing else", async () => {
    const [resource, request] = [newResource(), pebble.request("deleted")];
    await resource.up(request);
    await writeFile(fileOf(request, "notes.txt"), "mine");
    await resource.destroy();
    expect([...(await readAll(request.directory)).keys()]).toEqual(["notes.txt"]);
  });
});

describe("deleting a certificate whose files changed", () => {
  it("keeps the edited one and removes the others", async () => {
    const [resource, request] = [newResource(), pebble.request("edited")];
    await resource.up(request);
    await writeFile(fileOf(request, "chain.pem"), "mine");
    await resource.destroy();
    expect([...(await readAll(request.directory)).keys()]).toEqual(["chain.pem"]);
  });
});

describe("a server that was restarted", () => {
  it("changes nothing for a certificate that is still good: its root stays with it", async () => {
    const [resource, request] = [newResource(), pebble.request("kept")];
    await resource.up(request);
    const root = await readFile(fileOf(request, "root.pem"), "utf8");
    await pebble.restart();
    expect(await resource.up(request)).toBe("same");
    await rm(fileOf(request, "root.pem"));
    expect(await resource.up(request)).toBe("update");
    expect(await readFile(fileOf(request, "root.pem"), "utf8")).toBe(root);
    await expectServes(request);
  });

  it("has forgotten account and order, and issues all the same, with its new root", async () => {
    const [resource, request] = [newResource(), pebble.request("forgotten")];
    await resource.up(request);
    const before = { id: resource.id, root: resource.state.root };
    const accountKey = await readFile(fileOf(request, "account-key.pem"), "utf8");
    await pebble.restart();
    resource.forget();
    expect(await resource.up(request)).toBe("create");
    expect(resource.id).not.toBe(before.id);
    expect(resource.state.root).not.toBe(before.root);
    expect(await readFile(fileOf(request, "account-key.pem"), "utf8")).toBe(accountKey);
    await expectServes(request);
  });
});

describe("a certificate at the end of its life", () => {
  it("is renewed when a third is left, by a server that suggests nothing; deleting the old one leaves the new one's files", async () => {
    const shortLived = await spawnPebble({ profiles: { default: 12 } });
    const silent = await startScriptedAcme(shortLived);
    silent.directory = ({ renewalInfo: _, ...shown }) => shown;
    const orders = () => silent.requests.filter(({ payload }) => payload?.identifiers !== undefined);
    try {
      const [resource, request] = [newResource(), { ...shortLived.request("renewed"), server: silent.server }];
      await resource.up(request);
      expect(await resource.up(request)).toBe("same");
      const old = { id: resource.id, key: resource.state.privateKey };
      const [notBefore, notAfter] = [resource.state.notBefore, resource.state.notAfter].map((at) =>
        Date.parse(`${at}`),
      );
      const due = Number(notAfter) - (Number(notAfter) - Number(notBefore)) / 3;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now()) + 50));
      expect(await resource.preview(request)).toBe("replace");
      expect(await resource.up(request)).toBe("replace");
      expect(resource.id).not.toBe(old.id);
      expect(resource.state.privateKey).not.toBe(old.key);
      await expectServes(request);
      expect(await resource.up(request)).toBe("same");
      expect(orders()).toHaveLength(2);
      expect(orders()[1]?.payload).not.toHaveProperty("replaces");
      expect([...(await readAll(request.directory)).keys()].sort()).toEqual([
        "account-key.pem",
        "chain.pem",
        "issuer.json",
        "key.pem",
        "root.pem",
      ]);
    } finally {
      await silent.stop();
      await shortLived.stop();
    }
  });
});

/** A TLS server with these files is accepted by a client that trusts root.pem and nothing else. */
async function expectServes(request: AcmeCertificateInputs): Promise<void> {
  const [cert, key, ca] = await Promise.all(
    ["chain.pem", "key.pem", "root.pem"].map((name) => readFile(fileOf(request, name), "utf8")),
  );
  const server = createServer({ cert, key }).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const authorized = await new Promise((resolve, reject) => {
      const socket = connectTls({ host: "127.0.0.1", port, ca }, () => resolve(socket.end() && socket.authorized));
      socket.once("error", reject);
    });
    expect(authorized).toBe(true);
  } finally {
    server.close();
  }
}
