import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyProject, type ProjectCopy, type Result } from "../../support/project";
import { login, runningRelease } from "./client";
import { HOSTNAME, type Machine, NEW, OLD } from "./machine";

const STACK = "machine";
const PASSWORD = "Correct-Horse-1";

/** A stack of the environment `harbor` by the project's own commands, as a person uses a clone. */
export function describeStack(the: { readonly machine: Machine }): void {
  describe("a stack of the real engine", { timeout: 300_000 }, () => {
    let machine: Machine;
    let project: ProjectCopy;

    beforeAll(async () => {
      machine = the.machine;
      await machine.issue();
      project = await copyProject();
      cpSync(project.path("stacks/harbor-example"), project.path("stacks", STACK), { recursive: true });
      writeConfig(OLD);
    });
    afterAll(async () => {
      machine.clear();
      await project?.remove();
    });

    const config = () => project.path(`stacks/Pulumi.${STACK}.yaml`);

    function writeConfig(version: string) {
      const values = {
        environment: "harbor",
        hostname: HOSTNAME,
        version,
        directory: machine.path("harbor"),
        dataDirectory: machine.path("data"),
        httpPort: machine.ports.http,
        httpsPort: machine.ports.https,
        certificate: { files: { chain: machine.tls.chainFile, key: machine.tls.keyFile, root: machine.tls.rootFile } },
      };
      // JSON is YAML; the engine adds its salt and the password below.
      const lines = Object.entries(values).map(([name, value]) => `  breakwater:${name}: ${JSON.stringify(value)}`);
      writeFileSync(config(), `config:\n${lines.join("\n")}\n`);
    }

    async function run(...args: string[]): Promise<Result> {
      const done = await project.run(args, { env: machine.engine.environment, timeoutMs: 150_000 });
      if (done.code !== 0) throw new Error(`npm ${args.join(" ")} ended with ${done.code}:\n${done.stderr}`);
      return done;
    }

    const start = async () => JSON.parse((await run("start", "--silent", "--", "--stack", STACK, "--json")).stdout);

    test("comes up, its password kept as a secret, and is unchanged the second time", async () => {
      const script = `eval "$(npm run --silent env -- --stack ${STACK})" && pulumi stack select --create ${STACK} &&
        printf %s ${PASSWORD} | pulumi config set --secret adminPassword --stack ${STACK}`;
      await run("exec", "--", "bash", "-c", script);
      expect(readFileSync(config(), "utf8")).not.toContain(PASSWORD);
      expect((await start()).changes.create).toBeGreaterThan(2);
      expect(await login(machine, PASSWORD)).toBe(200);
      expect((await start()).changes).toMatchObject({ create: 0, update: 0, delete: 0 });
      const state = readFileSync(project.path(`.breakwater/state/.pulumi/stacks/breakwater/${STACK}.json`), "utf8");
      expect(state).not.toContain(PASSWORD);
    });

    test("is upgraded by another version in its config, and goes away without its data", async () => {
      writeFileSync(config(), readFileSync(config(), "utf8").replace(OLD, NEW));
      expect((await start()).changes).toMatchObject({ create: 0, update: 1, delete: 0 });
      expect(await runningRelease(machine, PASSWORD)).toBe(NEW);
      await run("stop", "--", "--stack", STACK);
      expect(machine.containers()).toEqual({});
      expect(readdirSync(machine.path("data", "database"))).toContain("rows.json");
    });
  });
}
