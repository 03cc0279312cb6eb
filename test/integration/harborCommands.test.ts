import { execFile } from "node:child_process";
import { appendFile, cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateTestIdentity } from "../../components/identity/generateTest";
import { copyProject, type ProjectCopy, type Result } from "../support/project";
import { projectRoot } from "../support/tools";
import { filesBelow } from "./support";

// The life of a stack with Harbor by its commands, with the real engine; handlers of Harbor's resources are stand-ins that note what
// they are asked for (the real ones have their own tests, and test/system has a real Docker Engine).

const STACK = "production";
const CONFIG = `stacks/Pulumi.${STACK}.yaml`;
const PASSWORD = "Correct-horse-1";

let project: ProjectCopy;
let created: string[];

const npm = (script: string, ...args: string[]) =>
  project.run(["run", "--silent", script, "--", "--stack", STACK, ...args]);
const start = (...args: string[]) => npm("start", ...args);

async function noted(): Promise<string[]> {
  const text = await readFile(project.path("noted"), "utf8").catch(() => "");
  await rm(project.path("noted"), { force: true });
  return text.split("\n").filter((line) => line !== "");
}

function expectDone({ code, stderr, stdout }: Result): string {
  expect(code, stderr).toBe(0);
  return stdout;
}

beforeAll(async () => {
  project = await copyProject();
  expectDone(await project.run(["run", "--silent", "build"])); // else the first command would compile over the stand-ins
  const standIns = await readFile(join(projectRoot, "test/integration/standInHandlers.cjs"), "utf8");
  await appendFile(project.path("bin/components/handlers.js"), standIns);

  const identity = await generateTestIdentity({
    commonName: "signer",
    lifetimeSeconds: 86_400,
    clock: () => new Date(),
  });
  const trust = project.path("stacks", STACK, "trust");
  await mkdir(join(trust, "localkeys"), { recursive: true });
  await mkdir(join(trust, "truststore/x509/ca/signer"), { recursive: true });
  for (const file of ["localkeys/signer.crt", "truststore/x509/ca/signer/signer.crt"])
    await writeFile(join(trust, file), identity.certificate);
  await writeFile(project.path("signer.key"), identity.privateKey, { mode: 0o600 });
  const statement = { name: "apps", registryScopes: ["*"], signatureVerification: { level: "strict" } };
  const policy = { ...statement, trustStores: ["ca:signer"], trustedIdentities: ["*"] };
  await writeFile(join(trust, "trustpolicy.json"), JSON.stringify({ version: "1.0", trustPolicies: [policy] }));
  await writeFile(
    project.path(CONFIG),
    `config:
  breakwater:environment: harbor
  breakwater:hostname: registry.example.com
  breakwater:version: 2.15.2
  breakwater:directory: harbor
  breakwater:dataDirectory: ${project.path("data")}
  breakwater:certificate: { directory: letsencrypt, contact: ops@example.com }
  breakwater:projects:
    - { name: apps, contentTrust: [notation], immutableTags: ["v*"] }
  breakwater:robots:
    - { name: ci, project: apps, permissions: push }
    - { name: cluster, project: apps, permissions: pull }
  breakwater:identities:
    - { name: signer, keyFile: signer.key }
`,
  );
  expectDone(await setPassword());
  created = ["certificate", "gate", "installation", "project", "robot", "robot", "rule", "shadow check"];
});
afterAll(() => project?.remove());

/** As the README has it: by Pulumi's own command, in the environment that ours prints. */
function setPassword(password = PASSWORD): Promise<Result> {
  return inItsEnvironment(
    `pulumi stack select ${STACK} --create; echo '${password}' | pulumi config set --secret adminPassword --stack ${STACK}`,
  );
}

function inItsEnvironment(commands: string): Promise<Result> {
  const script = `set -e; eval "$(npm run --silent env -- --stack ${STACK})"; ${commands}`;
  const env = { ...process.env, PULUMI_HOME: project.path("home"), PULUMI_SKIP_UPDATE_CHECK: "true" };
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { cwd: project.directory, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe("a stack with Harbor", () => {
  it("is brought up, in the stack's own state", async () => {
    const stdout = expectDone(await start());
    expect((await noted()).sort()).toEqual(created.map((kind) => `create ${kind}`));
    for (const words of [
      "https://registry.example.com",
      "Stand-in CA",
      "robot$cluster may pull in apps",
      "robot$ci may push and pull in apps",
      "gate: notation",
    ])
      expect(stdout).toContain(words);
    expect(stdout).toContain("signed for Harbor, but not trusted: registry.example.com/apps/app");
  });

  it("keeps passwords and keys encrypted in its state, and out of what is printed", async () => {
    const result = await start("--json");
    expect(JSON.parse(expectDone(result))).toMatchObject({ changes: { create: 0, update: 0, delete: 0 } });
    const state = await readFile(project.path(`.breakwater/state/.pulumi/stacks/breakwater/${STACK}.json`), "utf8");
    const texts = [state, result.stdout, result.stderr, await readFile(project.path(CONFIG), "utf8")];
    for (const secret of [PASSWORD, "its secret", "the TLS key", "PRIVATE KEY"])
      for (const text of texts) expect(text).not.toContain(secret);
  });

  it("is ours in the shell of `npm run env` as well: the lock of a dead run is released there", async () => {
    const locks = project.path(".breakwater/state/.pulumi/locks/organization/breakwater", STACK);
    await mkdir(locks, { recursive: true });
    const dead = { pid: 2 ** 22 + 1, username: "ada", hostname: hostname(), timestamp: new Date().toISOString() };
    await writeFile(join(locks, "5e884898-da28-4047-9151-0e56f8dc6292.json"), JSON.stringify(dead));
    expectDone(await inItsEnvironment(`npm start --silent -- --stack ${STACK}`));
    expect(await noted()).toEqual([]);
  });

  it("fails when the key is not that of the committed certificate, before anything is signed", async () => {
    const key = await readFile(project.path("signer.key"), "utf8");
    const { privateKey } = await generateTestIdentity({
      commonName: "x",
      lifetimeSeconds: 60,
      clock: () => new Date(),
    });
    await writeFile(project.path("signer.key"), privateKey);
    const { stderr, code } = await start();
    expect(code).toBe(1);
    expect(stderr).toContain("[IDENTITY_KEY_MISMATCH]");
    await writeFile(project.path("signer.key"), key);
    expectDone(await start());
    await noted();
  });
});

describe("a preview of what was changed", () => {
  it("says what changes in words, names a secret and never shows one", async () => {
    const config = await readFile(project.path(CONFIG), "utf8");
    const policyFile = project.path("stacks", STACK, "trust/trustpolicy.json");
    const policy = await readFile(policyFile, "utf8");
    await writeFile(policyFile, policy.replace('"strict"', '"audit"'));
    const changed = config
      .replace("name: apps, contentTrust", "name: apps, storageQuota: 5GiB, contentTrust")
      .replace("project: apps, permissions: pull", "project: apps, permissions: push, rotation: next");
    await writeFile(project.path(CONFIG), changed);
    const shown = await start("--preview");
    expectDone(shown);
    for (const words of [
      "~ update  HarborProject apps: quota: none → 5GiB\n",
      "~ update  HarborRobot cluster: may: added push; generation: none → next\n",
      `~ update  Trust ${STACK}: statement "apps", level: strict → audit\n`,
      "~ update  ShadowCheck apps: is judged by the changed trust\n",
    ])
      expect(shown.stderr).toContain(words);

    await writeFile(policyFile, policy);
    await writeFile(project.path(CONFIG), config);
    expectDone(await setPassword("Another-horse-2"));
    const { stderr } = await start("--preview");
    expect(stderr).toContain("~ update  HarborInstallation harbor: another adminPassword, which is a secret\n");
    expect(stderr).not.toMatch(/-horse-/);
    await writeFile(project.path(CONFIG), config);
    await noted();
  });

  it("says what becomes of what is declared no more", async () => {
    const config = await readFile(project.path(CONFIG), "utf8");
    await writeFile(
      project.path(CONFIG),
      config.replace(', immutableTags: ["v*"]', "").replace(/ {4}- .*cluster.*\n/, ""),
    );
    const { stderr } = await start("--preview");
    await writeFile(project.path(CONFIG), config);
    expect(stderr).toMatch(/- delete {2}HarborRobot cluster: Harbor refuses its login/);
    expect(stderr).toMatch(/- delete {2}HarborImmutableRule apps v\*: it no longer keeps tags of apps/);
  });
});

describe("`npm run login`", () => {
  it("writes the login of the robot that may pull, the trust, and the environment to use", async () => {
    const stdout = expectDone(await npm("login"));
    const folder = project.path(`.breakwater/stacks/${STACK}/login`);
    expect(stdout).toContain(`DOCKER_CONFIG=${folder}/docker`);
    expect(stdout).toContain(`NOTATION_CONFIG=${folder}/notation`);
    expect(stdout).toContain("/etc/docker/certs.d/registry.example.com/ca.crt"); // where clients don't know "Stand-in CA"
    expect(stdout).not.toContain("its secret");
    const file = join(folder, "docker/config.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, "utf8"))).toHaveProperty(["auths", "registry.example.com"]);
    expect(await filesBelow(join(folder, "notation"))).toHaveLength(2);
  });

  it("keeps other logins and keys of the folder that is named, and drops a certificate that is trusted no more", async () => {
    const folder = project.path("client");
    await mkdir(join(folder, "docker"), { recursive: true });
    await mkdir(join(folder, "notation/truststore/x509/ca/old"), { recursive: true });
    await writeFile(
      join(folder, "docker/config.json"),
      JSON.stringify({ auths: { other: { auth: "eA==" } }, credsStore: "x" }),
    );
    await cp(
      project.path("stacks", STACK, "trust/localkeys/signer.crt"),
      join(folder, "notation/truststore/x509/ca/old/a.crt"),
    );
    await mkdir(join(folder, "notation/localkeys"));
    await writeFile(join(folder, "notation/localkeys/my.key"), "mine");
    const result = JSON.parse(expectDone(await npm("login", "--robot", "ci", "--directory", "client", "--json")));
    expect(result).toMatchObject({ username: "robot$ci", directory: folder });
    const config = JSON.parse(await readFile(join(folder, "docker/config.json"), "utf8"));
    expect(config).toMatchObject({ auths: { other: {}, "registry.example.com": {} }, credsStore: "x" });
    const files = await filesBelow(folder);
    expect(files.some((file) => file.includes("/old/"))).toBe(false);
    expect(files.some((file) => file.endsWith("localkeys/my.key"))).toBe(true);
  });

  it("names the robots that there are when the one that is named is not", async () => {
    const { code, stderr } = await npm("login", "--robot", "nobody");
    expect(code).toBe(1);
    expect(stderr).toContain("[LOGIN_UNKNOWN]");
    expect(stderr).toContain("cluster (may pull in apps)");
  });
});

describe("`npm run renew`", () => {
  afterAll(() => rm(project.path("due"), { force: true }));

  it("does nothing as long as the certificate is not due", async () => {
    expect(expectDone(await npm("renew"))).toMatch(/^Not due: .* expires \d{4}-\d\d-\d\d \(in \d+ days\)\n$/);
    expect(await noted()).toEqual([]);
  });

  it("says that it is due, and changes nothing, when only asked", async () => {
    await writeFile(project.path("due"), "");
    expect(expectDone(await npm("renew", "--check"))).toMatch(/^Due: .*\n$/);
    expect(await noted()).toEqual([]);
  });

  it("renews the certificate, and tells Harbor, and touches nothing else: whatever config, trust and key have become", async () => {
    const config = await readFile(project.path(CONFIG), "utf8");
    const withoutRobots = config.replace(/ {2}breakwater:robots:\n( {4}.*\n)+/, "");
    expect(withoutRobots).not.toBe(config);
    await writeFile(project.path(CONFIG), withoutRobots);
    await rm(project.path("signer.key"));
    const { stdout, stderr, code } = await npm("renew", "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ renewed: true, reason: expect.stringContaining("certificate is due") });
    expect(stderr).toContain("installation is at work");
    expect(await noted()).toEqual(["create certificate", "update installation", "delete certificate"]);
    await writeFile(project.path(CONFIG), config);
  });

  it("leaves a state in which everything is as declared, with its outputs", async () => {
    await rm(project.path("due"));
    const { stderr, stdout } = await start("--preview");
    expect(stdout, stderr).toContain("0 to create, 1 to update, 0 to delete"); // the key that is gone
    expect(stderr).toContain("FileIdentity signer");
    expectDone(await npm("login"));
  });

  it("fails in one line when the stack is not up, or not one with Harbor", async () => {
    const never = await project.run(["run", "--silent", "renew", "--", "--stack", "harbor-example"]);
    expect(never.code).toBe(1);
    expect(never.stderr).toMatch(/^.*\[STACK_NOT_UP\]\n$/);
    const local = await project.run(["run", "--silent", "renew"]);
    expect(local.code).toBe(2);
    expect(local.stderr).toContain("[USAGE]");
  });
});

describe("`npm stop -- --stack`", () => {
  it("removes robots and containers, and keeps what is in Harbor's data", async () => {
    const result = await npm("stop");
    expect(expectDone(result)).toContain("are kept");
    for (const words of [
      "- forgot   HarborProject apps: stays in Harbor's data, with its images and their signatures\n",
      "- forgot   HarborContentTrust apps: the gate stays as it is, in Harbor's data\n",
      "- deleted  HarborRobot ci: Harbor refuses its login",
      `- deleted  HarborInstallation harbor: its containers; images and database stay in ${project.path("data")}\n`,
    ])
      expect(result.stderr).toContain(words);
    expect((await noted()).sort()).toEqual([
      "delete certificate",
      "delete installation",
      "delete robot",
      "delete robot",
    ]);
    expect(await readFile(project.path(CONFIG), "utf8")).toContain("adminPassword");
    expect(await project.processes()).toEqual([]);
  });

  it("has nothing to do the second time", async () => {
    expectDone(await npm("stop"));
    expect(await noted()).toEqual([]);
  });
});
