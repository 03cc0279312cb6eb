import { execFile } from "node:child_process";
import { copyFile, cp, link, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goodRoot } from "../support/certificates";
import { copyProject, type ProjectCopy, type Result } from "../support/project";
import { filesBelow } from "./support";

// As a reviewer would: the real engine, on a machine without Docker, network, Git and signing key, on which the stack was never up.

const STACK = "harbor-example";
const CONFIG = `stacks/Pulumi.${STACK}.yaml`;

let project: ProjectCopy;
let config: string;

beforeAll(async () => {
  project = await copyProject();
  config = await readFile(project.path(CONFIG), "utf8");
  const path = project.path("path");
  await mkdir(path);
  // The engine's processes search the folder of Node as well: it must not be one that has Docker, too.
  await link(process.execPath, join(path, "node")).catch(() => copyFile(process.execPath, join(path, "node")));
  await symlink("/bin/sh", join(path, "sh"));
});
afterAll(() => project?.remove());

/** `npm start -- --stack … ` with nothing in PATH but Node and a shell, and with no way out. */
function start(...args: string[]): Promise<Result> {
  const env = {
    PATH: project.path("path"),
    HOME: project.path("nobody"),
    https_proxy: "http://127.0.0.1:9",
    http_proxy: "http://127.0.0.1:9",
  };
  return new Promise((resolve) => {
    execFile(
      project.path("path/node"),
      ["scripts/start.mjs", ...args],
      { cwd: project.directory, env, timeout: 150_000 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** What a person has there: every file but those of packages, tools and the engine's own home. */
async function filesOfPerson(): Promise<string[]> {
  const names = (await readdir(project.directory)).filter(
    (name) => !["node_modules", ".breakwater", "bin"].includes(name),
  );
  const files = await Promise.all(names.map((name) => filesBelow(project.path(name))));
  return Promise.all(
    files.flat().map(async (file) => `${file} ${(await stat(file)).mtimeMs} ${(await stat(file)).size}`),
  );
}

describe("a preview of the example with Harbor", () => {
  it("tells the whole plan in words, and leaves nothing behind", async () => {
    const before = await filesOfPerson();
    const { code, stdout, stderr } = await start("--stack", STACK, "--preview");
    expect(code, stderr).toBe(0);
    for (const words of [
      "AcmeCertificate registry: for myharbor-registry.online, from letsencrypt, by http-01",
      "HarborInstallation harbor: Harbor 2.15.2 at https://myharbor-registry.online",
      "HarborProject notation-project: private, quota 10GiB",
      "HarborRobot ci: may push and pull in notation-project",
      "HarborRobot cluster: may pull in notation-project",
      "HarborContentTrust notation-project: the gate",
      "HarborImmutableRule notation-project release-*",
      'Trust harbor-example: "wabbit-networks-images" (strict)',
      "signed by x509.subject: C=US, ST=WA, L=Seattle, O=Notary, CN=wabbit-networks.io",
      "FileIdentity wabbit-networks.io: CN=wabbit-networks.io",
      "ShadowCheck notation-project",
    ]) {
      expect(stderr).toContain(words);
    }
    expect(stdout).toMatch(
      /^Would change: \d+ to create, 0 to update, 0 to delete, 0 unchanged\. Nothing was changed\.\n$/,
    );
    // What is missing is said, with its way out.
    expect(stderr).toContain("pulumi config set --secret adminPassword --stack harbor-example");
    expect(stderr).toMatch(/left out is the image to build, net-monitor/);

    expect(await filesOfPerson()).toEqual(before);
    expect((await readdir(project.path(".breakwater"))).sort()).toEqual(["pulumi-home", "tmp", "tools"]);
    expect(await readdir(project.path(".breakwater/tmp"))).toEqual([]);
    expect(await project.processes()).toEqual([]);
  });

  it("is JSON alone for a machine", async () => {
    const { code, stdout } = await start("--stack", STACK, "--preview", "--json");
    expect(code).toBe(0);
    const shown = JSON.parse(stdout) as { resources: { resource: string; details?: string }[]; notes: string[] };
    expect(shown.notes).toHaveLength(2);
    const gate = shown.resources.find(({ resource }) => resource.startsWith("HarborContentTrust"));
    expect(gate?.details).toContain("notation-project");
  });

  it("needs no passphrase for secrets of the config, which it does not read", async () => {
    const encrypted = "encryptionsalt: v1:AAAAAAAAAAA=:v1:AAAAAAAAAAAAAAAA:AAAA\n";
    await writeFile(project.path(CONFIG), `${config}  breakwater:adminPassword:\n    secure: v1:abc:def\n${encrypted}`);
    const { code, stderr } = await start("--stack", STACK, "--preview");
    await writeFile(project.path(CONFIG), config);
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("adminPassword");
  });

  it("names every mistake in the config, by its key", async () => {
    const broken = config.replace("version: 2.15.2", "version: latest").replace("signedBy: wabbit", "signedBy: rabbit");
    await writeFile(project.path(CONFIG), broken);
    const { code, stderr } = await start("--stack", STACK, "--preview");
    await writeFile(project.path(CONFIG), config);
    expect(code).toBe(1);
    expect(stderr).toContain("[CONFIG_INVALID]");
    for (const key of ["version:", "images[0].signedBy:"]) expect(stderr).toContain(key);
  });
});

describe("a preview of what can't be read", () => {
  const spoilt = async (file: string, spoil: (text: string) => string) => {
    const whole = await readFile(project.path(file), "utf8");
    await writeFile(project.path(file), spoil(whole));
    const { code, stderr } = await start("--stack", STACK, "--preview");
    await writeFile(project.path(file), whole);
    expect(code).toBe(1);
    return stderr;
  };

  it("names the config and the line that is no YAML", async () => {
    const stderr = await spoilt(CONFIG, (text) => text.replace("  breakwater:version:", "   breakwater:version:"));
    expect(stderr).toMatch(/^stacks\/Pulumi\.harbor-example\.yaml can't be read, line \d+: .* \[CONFIG_SYNTAX\]$/m);
  });

  it("names the trust policy and the line that is no JSON", async () => {
    const policy = `stacks/${STACK}/trust/trustpolicy.json`;
    const stderr = await spoilt(policy, (text) => text.replace('"version": "1.0",', '"version": "1.0"'));
    expect(stderr).toContain(`${policy}, line 3: `);
    expect(stderr).toContain("[POLICY_SYNTAX]");
  });

  it("names the trust's folder where the policy asks for a store that is not there, without a dump of the policy", async () => {
    const policy = `stacks/${STACK}/trust/trustpolicy.json`;
    const stderr = await spoilt(policy, (text) => text.replace('"ca:wabbit-networks.io"', '"ca:acme"'));
    expect(stderr).toMatch(/^ {2}stacks\/harbor-example\/trust .*ca:acme.* \[TRUST_STORE_MISSING\]/m);
    expect(stderr).not.toContain("registryScopes");
  });

  it("names a resource by its kind and name, and a mistake in it by its code", async () => {
    const source = (text: string) => text.replace(/build: .*/, "source: nowhere.tar");
    const stderr = await spoilt(CONFIG, source);
    expect(stderr).toMatch(/^ {2}PushedImage resource 'net-monitor': .*nowhere\.tar.* \[SOURCE_MISSING\]/m);
  });

  it("names the file of a certificate that can't sign, without its text", async () => {
    const { pem } = await goodRoot();
    const certificate = `stacks/${STACK}/trust/localkeys/wabbit-networks.io.crt`;
    const stderr = await spoilt(certificate, () => pem);
    expect(stderr).toContain(`${certificate}: the certificate `);
    expect(stderr).toContain("[IDENTITY_CERTIFICATE_INVALID]");
    expect(stderr).not.toContain("BEGIN CERTIFICATE");
  });

  it("refuses an admin password that is not encrypted, and does not show it", async () => {
    const stderr = await spoilt(CONFIG, (text) => `${text}  breakwater:adminPassword: Correct-horse-1\n`);
    expect(stderr).toContain("[ADMIN_PASSWORD_PLAIN]");
    expect(stderr).not.toContain("Correct-horse-1");
  });
});

describe("a preview of what a review can't see", () => {
  const folder = `stacks/${STACK}`;
  const elsewhere = "elsewhere";
  afterAll(async () => {
    await writeFile(project.path(CONFIG), config);
    await rm(project.path("stacks/rules.yaml"), { force: true });
  });

  it("does not follow a link to the stack's folder", async () => {
    await rename(project.path(folder), project.path(elsewhere));
    await symlink(`../${elsewhere}`, project.path(folder));
    const { code, stderr } = await start("--stack", STACK, "--preview");
    await rm(project.path(folder));
    await rename(project.path(elsewhere), project.path(folder));
    expect(code).toBe(1);
    expect(stderr).not.toContain("+ create");
    expect(stderr).toMatch(/\[(TRUST_POLICY_FILE_MISSING|IDENTITY_CERTIFICATE_MISSING)\]/);
  });

  it("refuses a config with aliases, which the engine takes", async () => {
    const aliased = config
      .replace("- name: wabbit-networks.io", "- name: &one wabbit-networks.io")
      .replace("signedBy: wabbit-networks.io", "signedBy: *one");
    expect(aliased).toMatch(/&one.*\*one/s);
    await writeFile(project.path(CONFIG), aliased);
    await writeFile(project.path("stacks/rules.yaml"), "rules: {strict: true}\n");
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(1);
    expect(stderr).toContain("[RULES_UNJUDGED]");
    expect(stderr).not.toContain("+ create");
  });
});

describe("a preview of more trust than anybody reviews", () => {
  const policy = `stacks/${STACK}/trust/trustpolicy.json`;
  let text: string;
  beforeAll(async () => {
    text = await readFile(project.path(policy), "utf8");
  });
  afterAll(async () => {
    await writeFile(project.path(policy), text);
    await rm(project.path("stacks/rules.yaml"), { force: true });
  });

  it("is refused where there are rules, which would pass over it", async () => {
    const names = Array.from({ length: 1001 }, (_, index) => `x509.subject: C=US, ST=WA, O=Acme, CN=${index}`);
    const many = JSON.parse(text) as { trustPolicies: { trustedIdentities: string[] }[] };
    for (const statement of many.trustPolicies) statement.trustedIdentities = names;
    await writeFile(project.path(policy), JSON.stringify(many).replace('"strict"', '"audit"'));
    await writeFile(project.path("stacks/rules.yaml"), "rules: {strict: true}\n");
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(1);
    expect(stderr).toContain("1001 trusted identities");
    expect(stderr).toContain("[RULES_UNJUDGED]");
    expect(stderr).not.toContain("+ create");
  });
});

describe("a preview of what the rules forbid", () => {
  const policy = `stacks/${STACK}/trust/trustpolicy.json`;
  const rules = "stacks/rules.yaml";
  const exceptions = "stacks/exceptions.yaml";
  let strict: string;
  beforeAll(async () => {
    strict = await readFile(project.path(policy), "utf8");
    await writeFile(project.path(policy), strict.replace('"strict"', '"audit"'));
    await writeFile(project.path(rules), "rules: {strict: true}\n");
  });
  afterAll(async () => {
    await writeFile(project.path(policy), strict);
    await Promise.all([rules, exceptions].map((file) => rm(project.path(file), { force: true })));
  });

  it("declares nothing, and names rule, statement and the way out", async () => {
    const { code, stdout, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain('strict: The trust policy statement "wabbit-networks-images"');
    expect(stderr).toContain(exceptions);
    expect(stderr).toContain("[RULES_VIOLATED]");
    expect(stderr).not.toContain("+ create");
  });

  it("goes on by an exception, and says whose it is until when", async () => {
    const exception = { rule: "strict", subject: "wabbit-networks-images", owner: "ada@example.com", reason: "INC-1" };
    await writeFile(project.path(exceptions), JSON.stringify({ exceptions: [{ ...exception, expires: inTenDays() }] }));
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(0);
    expect(stderr).toContain("exception of ada@example.com from strict for wabbit-networks-images (INC-1)");
  });

  it("stops again when the exception has ended", async () => {
    const text = await readFile(project.path(exceptions), "utf8");
    await writeFile(project.path(exceptions), text.replace(inTenDays(), "2026-01-31"));
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(1);
    expect(stderr).toContain("[RULES_VIOLATED]");
    expect(stderr).toContain("expired at 2026-01-31");
  });

  it("refuses one that would outlast a year", async () => {
    const text = await readFile(project.path(exceptions), "utf8");
    await writeFile(project.path(exceptions), text.replace("2026-01-31", "9999-12-31"));
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(1);
    expect(stderr).toContain('"wabbit-networks-images", of "ada@example.com") expires at "9999-12-31"');
    expect(stderr).toContain("[EXCEPTIONS_INVALID]");
  });

  it("says which file is no rule file", async () => {
    await writeFile(project.path(rules), "rules: {strikt: true}\n");
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(1);
    expect(stderr).toContain(`${rules}: there is no rule "strikt": did you mean "strict"? [RULES_INVALID]`);
  });
});

describe("a preview where nothing is in force", () => {
  const rules = "stacks/rules.yaml";
  const home = `.breakwater/stacks/${STACK}`;
  const nothing = `no trust and no config of ${STACK} is in force on this machine`;
  const ofChanges = [
    "rules-unchanged",
    "no-new-wildcard-identity",
    "no-new-ca-for-any-identity",
    "no-anchor-key-changed",
    "authenticity-stays-enforced",
    "no-gate-switched-off",
    "no-finding",
  ];
  beforeAll(async () => {
    const all = [...ofChanges, "no-live-image-stops-verifying", "strict"].map((rule) => [rule, true]);
    await writeFile(project.path(rules), JSON.stringify({ rules: Object.fromEntries(all) }));
  });
  afterAll(async () => {
    await rm(project.path(rules), { force: true });
    await rm(project.path(home), { recursive: true, force: true });
  });

  it("judges no change, says so, and goes on", async () => {
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(0);
    expect(stderr.split(nothing)).toHaveLength(2);
  });

  it("judges what is declared all the same", async () => {
    const text = await readFile(project.path(rules), "utf8");
    await writeFile(project.path(rules), text.replace('"strict"', '"timestamps-required"'));
    const { code, stderr } = await start("--stack", STACK, "--preview");
    await writeFile(project.path(rules), text);
    expect(code).toBe(1);
    expect(stderr).toContain(nothing);
    expect(stderr).toContain("timestamps-required: The trust policy statement");
    expect(stderr).not.toContain("there was no trust before");
  });

  it("judges no change of a config that no `up` has come to the end of", async () => {
    const text = await readFile(project.path(rules), "utf8");
    await writeFile(project.path(rules), text.replace('"no-finding":true', '"no-finding":{"severity":"info"}'));
    for (const part of ["trustpolicy.json", "truststore"])
      await cp(project.path(`stacks/${STACK}/trust`, part), project.path(home, "trust", part), { recursive: true });
    const { code, stderr } = await start("--stack", STACK, "--preview");
    await writeFile(project.path(rules), text);
    await rm(project.path(home, "trust"), { recursive: true });
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain(nothing);
  });

  it("judges a change where only the trust is gone, and the config of the last `up` is there", async () => {
    await mkdir(project.path(home), { recursive: true });
    await writeFile(project.path(home, "deployed.yaml"), config);
    const { code, stderr } = await start("--stack", STACK, "--preview");
    expect(code).toBe(1);
    expect(stderr).not.toContain(nothing);
    expect(stderr).toMatch(/no-finding: .*there was no trust before/);
  });
});

/** A day, as exceptions have it. */
function inTenDays(): string {
  return new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
}

describe("an `up` of it", () => {
  it("without an admin password touches nothing, and says how to set one", async () => {
    const { code, stderr } = await start("--stack", STACK);
    expect(code).toBe(1);
    expect(stderr).toContain("[ADMIN_PASSWORD_MISSING]");
    expect(await filesBelow(project.path(".breakwater/stacks", STACK))).toEqual([]);
  });
});
