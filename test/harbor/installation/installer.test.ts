import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { provideImages } from "../../../components/harbor/installation/images";
import { loadInstaller } from "../../../components/harbor/installation/installer";
import { expectCode, makePlace, scriptDocker } from "./support";

const silent = () => undefined;
const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

async function archive(entries: Record<string, string>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(entries)) tar.entry({ name }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

async function installer(bytes: Buffer, sha256 = sum(bytes)) {
  const { folder } = await makePlace();
  const path = join(folder, "installer.tgz");
  await writeFile(path, bytes);
  const loaded = join(folder, "loaded");
  const calls = await scriptDocker(`case "$2" in --input) ;; *) cat > ${loaded} ;; esac`);
  return { given: { path, sha256 }, calls, loaded: () => readFile(loaded, "utf8") };
}

describe("an offline installer", () => {
  it("as it is released gives the engine the archive of the images within it", async () => {
    const images = "x".repeat(200_000);
    const released = { "harbor/prepare": "#!/bin/bash", "harbor/harbor.v2.15.2.tar.gz": images, "harbor/LICENSE": "" };
    const { given, calls, loaded } = await installer(await archive(released));
    await loadInstaller({ ...given, sha256: given.sha256.toUpperCase() }, silent);
    expect(await calls()).toEqual(["load"]);
    expect(await loaded()).toBe(images);
  });

  it("may be an archive of images alone, packed or not", async () => {
    for (const bytes of [await archive({ "manifest.json": "[]" }), Buffer.from("a tar that is not packed")]) {
      const { given, calls } = await installer(bytes);
      await loadInstaller(given, silent);
      expect(await calls()).toEqual([`load --input ${given.path}`]);
    }
  });

  it("of another checksum is not loaded, nor is one that is not there", async () => {
    const { given, calls } = await installer(await archive({}), "0".repeat(64));
    await expectCode(() => loadInstaller(given, silent), "HARBOR_INSTALLER_INVALID");
    await expectCode(() => loadInstaller({ ...given, path: "/nowhere.tgz" }, silent), "HARBOR_INSTALLER_INVALID");
    expect(await calls()).toEqual([]);
  });

  it("without images, or cut off, is refused", async () => {
    const { given } = await installer(await archive({ "harbor/prepare": "" }));
    await expectCode(() => loadInstaller(given, silent), "HARBOR_INSTALLER_INVALID");
    const whole = await archive({ "harbor/prepare": Buffer.alloc(100_000).toString("hex") });
    const cut = await installer(whole.subarray(0, whole.length - 100));
    await expectCode(() => loadInstaller(cut.given, silent), "HARBOR_INSTALLER_INVALID");
  });

  it("of another version is told from one that fits", async () => {
    const { given } = await installer(await archive({ "harbor/harbor.v2.14.0.tar.gz": "images" }));
    const { inputs } = await makePlace();
    await expectCode(() => provideImages({ ...inputs, installer: given }, silent), "HARBOR_IMAGE_MISSING");
  });
});

describe("images", () => {
  it("are pulled when they are missing, and a version that does not exist is told", async () => {
    const { inputs } = await makePlace();
    const calls = await scriptDocker('case "$1" in pull) echo "manifest unknown" >&2; exit 1 ;; esac');
    await expectCode(() => provideImages(inputs, silent), "HARBOR_IMAGE_MISSING");
    expect((await calls()).at(-1)).toBe("pull --quiet goharbor/prepare:v2.15.2");
  });
});
