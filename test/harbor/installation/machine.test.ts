import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { readFitCertificate } from "../../../components/harbor/installation/certificate";
import {
  freeBytes,
  requireAddress,
  requireDisk,
  requireFreePorts,
} from "../../../components/harbor/installation/machine";
import { requireFitPath } from "../../../components/harbor/installation/paths";
import { opensslCertificate } from "../../certificate/opensslCertificate";
import { expectCode, makePlace, put } from "./support";

describe("a port", () => {
  it("that a program holds on one address stops an installation, unless it is Harbor itself", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expectCode(() => requireFreePorts([port], []), "HARBOR_PORT_IN_USE");
    await expect(requireFreePorts([port], [port])).resolves.toBeUndefined();
  });
});

describe("a disk", () => {
  it("without the room stops an installation, also where the folder is not there yet", async () => {
    const { layout } = await makePlace();
    await expect(requireDisk(layout.data, 1)).resolves.toBeUndefined();
    await expectCode(() => requireDisk(layout.data, 2 ** 60), "HARBOR_DISK_TOO_SMALL");
    expect(await freeBytes(layout.data)).toBeGreaterThan(0);
  });
});

describe("a hostname", () => {
  it("needs an address", async () => {
    await expect(requireAddress("localhost")).resolves.toBeUndefined();
    await expectCode(() => requireAddress("harbor.invalid"), "HARBOR_HOSTNAME_UNKNOWN");
  });
});

describe("a path", () => {
  it.each(["/srv/har bor", "/srv/a:b", "/srv/$HOME", "/srv/'x", "relative", "/srv/#1", "/srv/é"])(
    "that Harbor's scripts would break is refused: %s",
    async (path) => {
      await expectCode(() => requireFitPath(path), "HARBOR_PATH_UNFIT");
    },
  );

  it("of plain words is taken", () => {
    expect(() => requireFitPath("/srv/harbor-1.0/data_x+y")).not.toThrow();
  });
});

describe("a certificate", () => {
  async function files(options: Parameters<typeof opensslCertificate>[0]) {
    const { layout } = await makePlace();
    const { chain, key } = await opensslCertificate(options);
    await put(layout.certificate.chain, chain);
    await put(layout.certificate.key, key);
    return layout.certificate;
  }

  it("for the hostname, with its key, will do; so will one for an address", async () => {
    const named = await files({ names: ["DNS:*.example.org"] });
    await expect(readFitCertificate(named, "harbor.example.org")).resolves.toHaveProperty("key");
    const numbered = await files({ names: ["IP:192.0.2.1"] });
    await expect(readFitCertificate(numbered, "192.0.2.1")).resolves.toHaveProperty("key");
  });

  it("for another name, before or after its time, is refused", async () => {
    const named = await files({ names: ["DNS:example.org"] });
    await expectCode(() => readFitCertificate(named, "harbor.example.org"), "HARBOR_CERTIFICATE_UNFIT");
    for (const days of [-2, 2]) {
      const now = new Date(Date.now() + days * 86_400_000);
      await expectCode(() => readFitCertificate(named, "example.org", now), "HARBOR_CERTIFICATE_UNFIT");
    }
  });

  it("with another's key, without files or with rubbish in them is refused, and no byte of the key told", async () => {
    const named = await files({ names: ["DNS:example.org"] });
    const other = await opensslCertificate({ names: ["DNS:example.org"] });
    await put(named.key, other.key);
    await expectCode(() => readFitCertificate(named, "example.org"), "HARBOR_CERTIFICATE_UNFIT");
    await put(named.key, "swordfish");
    const error = await expectCode(() => readFitCertificate(named, "example.org"), "HARBOR_CERTIFICATE_UNFIT");
    expect(`${error.message}${error.cause}`).not.toContain("swordfish");
    const missing = { ...named, chain: `${named.chain}.none` };
    await expectCode(() => readFitCertificate(missing, "example.org"), "HARBOR_CERTIFICATE_UNFIT");
  });
});
