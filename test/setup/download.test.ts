import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { downloadVerified, findChecksum } from "../../scripts/setup/download.mjs";
import { exampleTool, serve, silent, temporaryFolder } from "./support";

const platform = { os: "linux", arch: "x64" } as const;
const content = Buffer.from("the archive");
const sha256 = createHash("sha256").update(content).digest("hex");
const sums = `${sha256}  example.tar.gz\n`;

function download(base: string, folder: string, unreachable = new Map<string, string>(), maxBytes = 1024) {
  const row = { ...exampleTool(base).download, base, maxBytes } as NonNullable<
    ReturnType<typeof exampleTool>["download"]
  >;
  return downloadVerified(row, platform, folder, silent.task(""), unreachable);
}

function redirect(response: ServerResponse, location: string) {
  response.writeHead(302, { location }).end();
}

describe("a download", () => {
  test("is kept when it has the checksum that its release publishes, after redirects", async () => {
    const { base } = await serve((request, response) => {
      if (request.url === "/checksums.txt") redirect(response, "/elsewhere");
      else if (request.url === "/elsewhere") response.end(sums);
      else response.end(content);
    });
    const file = await download(base, temporaryFolder());
    expect(readFileSync(file)).toEqual(content);
  });

  test("is refused and removed when its checksum is another", async () => {
    const { base } = await serve((request, response) =>
      response.end(request.url === "/checksums.txt" ? sums : "something else"),
    );
    const folder = temporaryFolder();
    await expect(download(base, folder)).rejects.toMatchObject({ name: "SetupError", code: "CHECKSUM_MISMATCH" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is refused when it ends before its announced length", async () => {
    const { base } = await serve((request, response) => {
      if (request.url === "/checksums.txt") return response.end(sums);
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 4), () => response.destroy());
      return response;
    });
    await expect(download(base, temporaryFolder())).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  });

  test("is refused when it is larger than the table allows", async () => {
    const { base } = await serve((request, response) =>
      response.end(request.url === "/checksums.txt" ? sums : content),
    );
    const refused = download(base, temporaryFolder(), new Map(), content.length - 1);
    await expect(refused).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    await expect(download(base, temporaryFolder(), new Map(), content.length)).resolves.toContain("example.tar.gz");
  });

  test("is refused when its release's checksums do not list it, without asking for it", async () => {
    const { base, asked } = await serve((_, response) => response.end(`${sha256}  other.tar.gz\n`));
    await expect(download(base, temporaryFolder())).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(asked).toEqual(["/checksums.txt"]);
  });

  test.each([403, 404, 500])("fails on HTTP %i", async (status) => {
    const { base } = await serve((_, response) => response.writeHead(status).end());
    await expect(download(base, temporaryFolder())).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  });

  test("fails on endless redirects", async () => {
    const { base, asked } = await serve((_, response) => redirect(response, "/again"));
    await expect(download(base, temporaryFolder())).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(asked.length).toBeLessThan(10);
  });

  test("is never made in the clear beyond loopback, not even by a redirect", async () => {
    const { base } = await serve((_, response) => redirect(response, "http://example.invalid/file"));
    const unreachable = new Map<string, string>();
    await expect(download(base, temporaryFolder(), unreachable)).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    // No connection was tried: a name that does not resolve would be remembered.
    expect(unreachable.size).toBe(0);
  });

  test("is not tried again from a host that could not be reached", async () => {
    const unreachable = new Map<string, string>();
    await expect(download("http://127.0.0.1:1/", temporaryFolder(), unreachable)).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
    });
    expect([...unreachable.keys()]).toEqual(["127.0.0.1:1"]);

    const { base, asked } = await serve((_, response) => response.end(sums));
    unreachable.set(new URL(base).host, "no network");
    await expect(download(base, temporaryFolder(), unreachable)).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    expect(asked).toEqual([]);
  });
});

describe("a checksum", () => {
  test("is found by the asset's name among others", () => {
    const other = "0".repeat(64);
    expect(findChecksum(`${other}  other.tar.gz\n${sha256} *example.tar.gz\n`, "example.tar.gz")).toBe(sha256);
  });

  test("is found in a file that has nothing but the hash", () => {
    expect(findChecksum(`${sha256}\n`, "example.tar.gz")).toBe(sha256);
  });

  test("is not found in a page that is no list of checksums", () => {
    expect(findChecksum("<html>please log in</html>", "example.tar.gz")).toBeUndefined();
    expect(findChecksum(`${sha256}  example.tar.gz.sbom\n`, "example.tar.gz")).toBeUndefined();
  });
});
