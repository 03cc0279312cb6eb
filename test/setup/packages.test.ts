import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installPackages, packagesAreCurrent } from "../../scripts/setup/packages.mjs";
import { silent, smallProject } from "./support";

/** A project whose only package is a folder of its own, so that the real npm needs no network. */
function projectWithPackage(): string {
  const root = smallProject({ compiler: false });
  mkdirSync(join(root, "local"));
  writeFileSync(
    join(root, "local", "package.json"),
    JSON.stringify({ name: "local", version: "1.0.0", scripts: { install: "touch ../was-run" } }),
  );
  const manifest = { name: "small", version: "1.0.0", devDependencies: { local: "file:local" } };
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({
      name: "small",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": manifest,
        local: { version: "1.0.0", dev: true, hasInstallScript: true },
        "node_modules/local": { resolved: "local", link: true },
      },
    }),
  );
  return root;
}

describe("the npm packages", () => {
  test("are installed from the lockfile, development ones too, without running their scripts", async () => {
    const root = projectWithPackage();
    expect(packagesAreCurrent(root)).toBe(false);
    await installPackages(root, silent);
    expect(existsSync(join(root, "node_modules", "local", "package.json"))).toBe(true);
    expect(existsSync(join(root, "was-run"))).toBe(false);
    expect(packagesAreCurrent(root)).toBe(true);
  });

  test("are current until a dependency or the lockfile changes; scripts of package.json may", async () => {
    const root = projectWithPackage();
    await installPackages(root, silent);
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    writeFileSync(join(root, "package.json"), JSON.stringify({ ...manifest, scripts: { start: "true" } }));
    expect(packagesAreCurrent(root)).toBe(true);
    writeFileSync(join(root, "package.json"), JSON.stringify({ ...manifest, dependencies: { other: "1.0.0" } }));
    expect(packagesAreCurrent(root)).toBe(false);
    writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(root, "package-lock.json"), `${readFileSync(join(root, "package-lock.json"), "utf8")}\n`);
    expect(packagesAreCurrent(root)).toBe(false);
  });

  test("that a person installed from the same lockfile are taken as they are", async () => {
    const root = projectWithPackage();
    await installPackages(root, silent);
    rmSync(join(root, "node_modules", ".breakwater-stamp"));
    writeFileSync(join(root, "node_modules", "mine"), "");
    await installPackages(root, silent);
    expect(packagesAreCurrent(root)).toBe(true);
    expect(existsSync(join(root, "node_modules", "mine"))).toBe(true);
  });

  test("are installed again when a package of the lockfile is not in npm's record", async () => {
    const root = projectWithPackage();
    mkdirSync(join(root, "node_modules"));
    writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages: {} }));
    await installPackages(root, silent);
    expect(existsSync(join(root, "node_modules", "local", "package.json"))).toBe(true);
  });

  test("are not installed through a link, which would empty the folder that it names", async () => {
    const root = projectWithPackage();
    const elsewhere = projectWithPackage();
    writeFileSync(join(elsewhere, "kept"), "");
    symlinkSync(elsewhere, join(root, "node_modules"));
    await expect(installPackages(root, silent)).rejects.toMatchObject({ code: "PACKAGES_ELSEWHERE" });
    expect(existsSync(join(elsewhere, "kept"))).toBe(true);
  });

  test("fail by name when the lockfile does not fit package.json", async () => {
    const root = projectWithPackage();
    writeFileSync(join(root, "package.json"), JSON.stringify({ name: "small", dependencies: { other: "file:other" } }));
    await expect(installPackages(root, silent)).rejects.toMatchObject({ name: "SetupError", code: "PACKAGES_FAILED" });
    expect(packagesAreCurrent(root)).toBe(false);
  });
});
