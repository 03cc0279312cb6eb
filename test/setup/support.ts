import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import type { Progress } from "../../scripts/setup/progress.mjs";
import type { Tool } from "../../scripts/setup/tools.mjs";

export const repository = resolve(__dirname, "../..");

export const silent: Progress = { note() {}, task: () => ({ update() {}, end() {} }) };

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-setup-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A tiny project with the real set-up in it: one source, no dependencies, this repository's compiler. */
export function smallProject({ compiler = true } = {}): string {
  const root = temporaryFolder();
  cpSync(join(repository, "scripts", "setup"), join(root, "scripts", "setup"), { recursive: true });
  mkdirSync(join(root, "components"));
  writeFileSync(join(root, "components", "one.ts"), "export const one: number = 1;\n");
  writeFileSync(
    join(root, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { rootDir: ".", outDir: "bin", module: "node20", types: [], sourceMap: true, strict: true },
      include: ["components/**/*.ts"],
    }),
  );
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "small", version: "1.0.0", dependencies: {} }));
  const lock = { name: "small", version: "1.0.0", lockfileVersion: 3, requires: true };
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({ ...lock, packages: { "": { name: "small", version: "1.0.0" } } }),
  );
  if (compiler) {
    mkdirSync(join(root, "node_modules"));
    // npm's record of an installation, so that the set-up takes this folder as it is.
    writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages: {} }));
    symlinkSync(join(repository, "node_modules", "typescript"), join(root, "node_modules", "typescript"));
  }
  return root;
}

/** A table row whose binary is a shell script that prints its version; its downloads come from `base`. */
export function exampleTool(base?: string): Tool {
  const tool: Tool = {
    name: "example",
    version: "1.2.3",
    description: "an example tool",
    commands: ["example"],
    versionArgs: ["version"],
    versionPattern: /^example (\d+\.\d+\.\d+)/m,
    accepts: { from: "1.2.0", before: "2.0.0" },
    go: { package: "example.invalid/cmd/example", ldflags: "", tags: "" },
  };
  if (base === undefined) return tool;
  const download = {
    base,
    asset: () => "example.tar.gz",
    checksums: () => "checksums.txt",
    member: "example",
    maxBytes: 1024 * 1024,
  };
  return { ...tool, download };
}

export function exampleScript(version: string): string {
  return `#!/bin/sh\necho "example ${version}"\n`;
}

/** An executable of the example tool in a folder of its own. */
export function exampleBinary(version: string, folder = temporaryFolder()): string {
  const binary = join(folder, "example");
  writeFileSync(binary, exampleScript(version), { mode: 0o755 });
  return binary;
}

/** A gzipped tar archive that has the example binary. */
export function exampleArchive(version: string): Buffer {
  const folder = temporaryFolder();
  exampleBinary(version, folder);
  return execFileSync("tar", ["-czf", "-", "-C", folder, "example"]);
}

/** A project in which the example tool has a go.mod. */
export function projectWithExample(): string {
  const root = temporaryFolder();
  const module = join(root, "scripts", "setup", "tools", "example");
  mkdirSync(module, { recursive: true });
  writeFileSync(join(module, "go.mod"), "module breakwater.local/tools/example\n\ngo 1.24.0\n");
  return root;
}

/** A loopback server; yields its base URL and the paths it was asked for. */
export async function serve(listener: RequestListener): Promise<{ base: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    listener(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

/** Runs an ES module in a Node process of its own. */
export function runModule(source: string, environment: NodeJS.ProcessEnv = process.env) {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], { env: environment });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.once("close", (code) => done({ code, stdout, stderr }));
  });
  return { child, ended };
}
