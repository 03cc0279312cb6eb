import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import type { SignatureVerification } from "../../components/notary/trust/document";
import type { ArtifactVerdict } from "../../components/notary/verification/verdict";
import { renderTrustDirectory } from "../../components/trust/directory";
import { runBreakwater } from "../../scripts/commands/breakwater/cli";
import { anHourAgo } from "../support/clock";
import type { TestRegistry } from "../support/registries";
import { toolPath } from "../support/tools";

const exec = promisify(execFile);

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly colour?: boolean;
}

/** Runs `breakwater` in this process, as the command does but with this environment alone. */
export async function breakwater(args: readonly string[], settings: RunSettings = {}): Promise<CommandResult> {
  const { env = {}, folder = tmpdir(), colour = false } = settings;
  const output = { stdout: "", stderr: "" };
  const code = await runBreakwater(args, {
    out: (text) => {
      output.stdout += text;
    },
    err: (text) => {
      output.stderr += text;
    },
    env: { HOME: "/nonexistent", ...env },
    folder,
    colour,
    clock: () => new Date(),
  });
  return { code, ...output };
}

/** Expects an error: exit code 2, its code in words and, with --json, as JSON alone on standard output; never a stack. */
export async function expectError(args: readonly string[], code: string, settings?: RunSettings): Promise<string> {
  const plain = await breakwater(args, settings);
  expect({ code: plain.code, stdout: plain.stdout }, plain.stderr).toEqual({ code: 2, stdout: "" });
  expect(plain.stderr).toMatch(new RegExp(`\\[${code}\\]\\n$`));
  expect(plain.stderr).not.toMatch(/\n\s+at /);
  const json = await breakwater([...args, "--json"], settings);
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stdout)).toEqual({ error: { code, message: expect.any(String) } });
  return plain.stderr;
}

/** The real notation CLI with a configuration folder; `null` for a signal. */
export async function notation(config: string, registry: TestRegistry | undefined, ...args: string[]) {
  const env = {
    NOTATION_CONFIG: config,
    HOME: config,
    NOTATION_EXPERIMENTAL: "1",
    ...(registry && { SSL_CERT_FILE: registry.caFile, DOCKER_CONFIG: registry.dockerConfigDirectory }),
  };
  try {
    return { code: 0, ...(await exec(toolPath("notation"), args, { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** Options that reach a test registry. */
export function reaching({ caFile, dockerConfigDirectory }: TestRegistry): string[] {
  return ["--ca-file", caFile, "--docker-config", dockerConfigDirectory];
}

export type VerdictJson = ArtifactVerdict & { readonly reference: string };

export function identity(commonName = "wabbit-networks.io"): Promise<GeneratedIdentity> {
  return generateTestIdentity({ commonName, keySpec: "EC-256", lifetimeSeconds: 86_400, clock: anHourAgo });
}

export interface FolderContent {
  readonly trusted: Pick<GeneratedIdentity, "certificate">;
  readonly scope: string;
  readonly verification?: SignatureVerification;
  /** Becomes the default key "signer". */
  readonly signer?: GeneratedIdentity;
}

/** A temporary folder, and notation configuration folders in it. */
export class Workspace {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), "breakwater-command-")));
  }

  async write(name: string, content: string | Buffer): Promise<string> {
    const path = join(this.directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  /** A configuration folder with one statement for the scope. */
  async config(name: string, content: FolderContent): Promise<string> {
    const { trusted, scope, verification = { level: "strict" }, signer } = content;
    const skip = verification.level === "skip";
    const statement = {
      name: "images",
      registryScopes: [scope],
      signatureVerification: verification,
      ...(!skip && { trustStores: ["ca:trusted"], trustedIdentities: ["*"] }),
    };
    const files = renderTrustDirectory({
      policy: { version: "1.0", trustPolicies: [statement] },
      stores: { "ca:trusted": [trusted.certificate] },
    });
    for (const [path, text] of Object.entries(files)) await this.write(join(name, path), text);
    if (signer) {
      const keyPath = await this.write(join(name, "localkeys/signer.key"), signer.privateKey);
      const certPath = await this.write(join(name, "localkeys/signer.crt"), signer.certificate);
      await this.write(
        join(name, "signingkeys.json"),
        JSON.stringify({ default: "signer", keys: [{ name: "signer", keyPath, certPath }] }),
      );
    }
    return join(this.directory, name);
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
