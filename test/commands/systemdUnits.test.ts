import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { PASSPHRASE_FILE, STATE_DIRECTORY } from "../../scripts/commands/givenState";
import { renewalEnvironment } from "../../scripts/commands/renewalEnvironment";
import { stackNamed } from "../../scripts/commands/stackName";
import { systemdUnits } from "../../scripts/commands/systemdUnits";
import { projectRoot } from "../support/tools";

const SERVICE = "breakwater-renew-harbor-example.service";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "breakwater-"));
  await writeFile(path.join(folder, "systemctl"), `#!/bin/sh\necho "$@" >> ${folder}/systemctl.log\n`, { mode: 0o755 });
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI_|BREAKWATER_|DOCKER_|AWS_|SSL_CERT_|NODE_EXTRA_)|_proxy$/i.test(name)) vi.stubEnv(name, undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

/** Runs the script as the person would, but into a folder of the test's own. */
function install(script: string): { status: number | null; stderr: string } {
  const here = script.replaceAll("/etc/systemd/system", folder).replaceAll("/etc/breakwater", folder);
  const env = { PATH: `${folder}:${process.env.PATH}` };
  return spawnSync("sh", [], { input: here, encoding: "utf8", env });
}

const service = () => readFileSync(path.join(folder, SERVICE), "utf8");

describe("the units of the renewal's timer", () => {
  it("are installed by a script that a shell can run", () => {
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", "/etc/my passphrase%");
    vi.stubEnv("PATH", `/usr/bin:/x/node_modules/.bin:/usr/share/nodejs/@npmcli/run-script/lib/node-gyp-bin:/bin`);
    const script = systemdUnits(stackNamed("harbor-example"));
    vi.unstubAllEnvs();
    expect(install(script)).toMatchObject({ status: 0, stderr: "" });
    expect(service()).toContain('Environment="PULUMI_CONFIG_PASSPHRASE_FILE=/etc/my passphrase%%"');
    expect(service()).toContain('Environment="PATH=/usr/bin:/bin"');
    expect(service()).toMatch(/ExecStart=".*node.*" ".*scripts\/renew\.mjs" --stack harbor-example/);
    const log = readFileSync(path.join(folder, "systemctl.log"), "utf8");
    expect(log).toBe("daemon-reload\nenable --now breakwater-renew-harbor-example.timer\n");
  });

  it("hold any value in one line, as systemd reads it", () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", 'a "b" \\ $c\nEND');
    expect(install(systemdUnits(stackNamed("harbor-example"))).status).toBe(0);
    expect(service()).toContain('Environment="NODE_EXTRA_CA_CERTS=a \\"b\\" \\\\ $c\\nEND"');
  });
});

describe("of what is set, a service", () => {
  it("knows what its commands heed", () => {
    const set = {
      BREAKWATER_PULUMI: "/opt/pulumi/bin/pulumi",
      NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
      HTTPS_PROXY: "http://proxy.example.com:3128",
      no_proxy: "localhost",
      DOCKER_HOST: "unix:///run/docker.sock",
      PULUMI_BACKEND_URL: "s3://states?region=eu-central-1",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/etc/passphrase",
      AWS_REGION: "eu-central-1",
    };
    const { plain, secrets } = renewalEnvironment({ ...set, PATH: "/bin", BREAKWATER_CASES: "1", EDITOR: "ed" });
    expect(plain).toEqual({ ...set, PATH: "/bin" });
    expect(secrets).toEqual([]);
  });

  it("has no place of our own pinned, and nothing that opens another's state", () => {
    const own = {
      PULUMI_BACKEND_URL: `${pathToFileURL(path.join(projectRoot, STATE_DIRECTORY)).href}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE_FILE: path.join(projectRoot, PASSPHRASE_FILE),
    };
    const ofOthers = { PULUMI_ACCESS_TOKEN: "secret", AWS_SECRET_ACCESS_KEY: "secret", AWS_PROFILE: "mine" };
    const { plain, secrets } = renewalEnvironment({ ...own, ...ofOthers, PATH: "/bin" });
    expect(plain).toEqual({ PATH: "/bin" });
    expect(secrets).toEqual([]);
  });

  it.each([
    { PULUMI_CONFIG_PASSPHRASE: "hunter2" },
    { PULUMI_BACKEND_URL: "https://api.pulumi.com", PULUMI_ACCESS_TOKEN: "hunter2" },
    { PULUMI_BACKEND_URL: "postgres://pulumi:hunter2@db.example.com/states" },
    { PULUMI_BACKEND_URL: "s3://states", AWS_SECRET_ACCESS_KEY: "hunter2" },
    { HTTPS_PROXY: "http://me:hunter2@proxy.example.com:3128" },
    { https_proxy: "me:hunter2@proxy.example.com:3128" },
  ])("gets a secret from its own file alone, and is not installed without: %j", async (set) => {
    const [name = "", value = ""] = Object.entries(set).find(([, value]) => value.includes("hunter2")) ?? [];
    for (const [name, value] of Object.entries(set)) vi.stubEnv(name, value);
    const script = systemdUnits(stackNamed("harbor-example"));
    vi.unstubAllEnvs();
    expect(script).not.toContain("hunter2");

    await rm(path.join(folder, SERVICE), { force: true });
    const refused = install(script);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(`${name}=`);
    expect(() => service()).toThrow(/ENOENT/);

    const file = path.join(folder, "harbor-example.env");
    await writeFile(file, `${name}="${value}"\n`);
    await chmod(file, 0o644);
    expect(install(script)).toMatchObject({ status: 0, stderr: "" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(service()).toContain(`\nEnvironmentFile=${file}\n`);
    expect(service()).not.toContain("hunter2");
    await rm(file);
  });
});
