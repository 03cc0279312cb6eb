import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { resolvePath } from "../../components/files/paths";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import { selfSignedServerCertificate } from "../../components/local/serverCertificate";
import type { TrustDeclaration } from "../../components/notary/trust/declaration";
import { renderTrustDirectory } from "../../components/trust/directory";

/** Where the benchmark keeps everything, relative to the project's folder; it is removed at the end. */
export const BENCH_HOME = ".breakwater/bench";

const NAME = "wabbit-networks.io";

/** What both sides sign and verify with: one RSA-2048 identity, notation's default, and one strict policy that trusts it. */
export interface Place {
  readonly keyName: string;
  readonly identity: GeneratedIdentity;
  readonly trust: TrustDeclaration;
  /** A notation configuration folder with that key and that trust; absolute. */
  readonly notationConfig: string;
  /** Of the registries, relative to the project's folder; the certificate is its own root. */
  readonly tls: { readonly chainFile: string; readonly keyFile: string; readonly rootFile: string };
}

export async function makePlace(): Promise<Place> {
  await removePlace(); // what a killed run left
  const identity = await generateTestIdentity({ commonName: NAME, lifetimeSeconds: 86_400, clock: () => new Date() });
  const store = `ca:${NAME}`;
  const statement = {
    name: "bench",
    registryScopes: ["*"],
    signatureVerification: { level: "strict" as const },
    trustStores: [store],
    trustedIdentities: ["*"],
  };
  const trust: TrustDeclaration = {
    policy: { version: "1.0", trustPolicies: [statement] },
    stores: { [store]: [identity.certificate] },
  };
  const notationConfig = resolvePath(`${BENCH_HOME}/notation`);
  const keyPath = path.join(notationConfig, `localkeys/${NAME}.key`);
  const certPath = path.join(notationConfig, `localkeys/${NAME}.crt`);
  const key = { name: NAME, keyPath, certPath };
  await writeFiles(notationConfig, {
    ...renderTrustDirectory(trust),
    [`localkeys/${NAME}.key`]: identity.privateKey,
    [`localkeys/${NAME}.crt`]: identity.certificate,
    "signingkeys.json": JSON.stringify({ default: NAME, keys: [key] }),
  });

  const server = await selfSignedServerCertificate();
  const tlsHome = `${BENCH_HOME}/tls`;
  await writeFiles(resolvePath(tlsHome), { "chain.pem": server.certificate, "key.pem": server.privateKey });
  await copyFile(resolvePath(`${tlsHome}/chain.pem`), resolvePath(`${tlsHome}/root.pem`));
  const tls = {
    chainFile: `${tlsHome}/chain.pem`,
    keyFile: `${tlsHome}/key.pem`,
    rootFile: `${tlsHome}/root.pem`,
  };
  return { keyName: NAME, identity, trust, notationConfig, tls };
}

export async function removePlace(): Promise<void> {
  await rm(resolvePath(BENCH_HOME), { recursive: true, force: true });
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o600 });
  }
}
