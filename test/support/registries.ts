import "reflect-metadata";
import { type ChildProcess, spawn } from "node:child_process";
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { hash } from "bcryptjs";
import { freePort, waitForPort } from "./ports";
import { toolPath } from "./tools";

/** A real registry on 127.0.0.1 over TLS, with what a client needs to reach it. */
export interface TestRegistry {
  /** `127.0.0.1:PORT` */
  host: string;
  /** PEM file of the CA that issued the registry's certificate. */
  caFile: string;
  /** Folder with a Docker `config.json` (0600) that holds the login, when the registry asks for one. */
  dockerConfigDirectory: string;
  username: string;
  password: string;
  /** Ends the process at once, as a crash would; its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port, data and certificate. */
  restart(): Promise<void>;
  /** Ends the process and removes every file that was made. */
  stop(): Promise<void>;
}

/** CNCF Distribution: htpasswd login, no referrers API (the referrers tag schema). `dataDir` is kept by `stop()`. */
export async function startDistribution(
  options: { dataDir?: string; port?: number; plainHttp?: boolean } = {},
): Promise<TestRegistry> {
  const files = await prepareFiles(options.port);
  const { directory, port, username, password } = files;
  const dataDir = options.dataDir ?? join(directory, "data");
  await writeFile(join(directory, "htpasswd"), `${username}:${await hash(password, 4)}\n`, { mode: 0o600 });
  const config = {
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: dataDir }, delete: { enabled: true } },
    auth: { htpasswd: { realm: "breakwater-test", path: join(directory, "htpasswd") } },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: "only-for-tests",
      ...(!options.plainHttp && { tls: { certificate: join(directory, "tls.crt"), key: join(directory, "tls.key") } }),
    },
  };
  const configFile = join(directory, "registry.yml");
  await writeFile(configFile, JSON.stringify(config)); // JSON is YAML
  return supervise(files, toolPath("registry"), ["serve", configFile]);
}

/** olareg: TLS, no login, referrers API. */
export async function startOlareg(): Promise<TestRegistry> {
  const files = await prepareFiles();
  const { directory, port } = files;
  const dataDir = join(directory, "data");
  await mkdir(dataDir);
  const listener = ["--addr", "127.0.0.1", "--port", String(port)];
  const tls = ["--tls-cert", join(directory, "tls.crt"), "--tls-key", join(directory, "tls.key")];
  const store = ["--dir", dataDir, "--api-delete", "--api-blob-delete", "--gc-frequency", "-1s"];
  return supervise(files, toolPath("olareg"), ["serve", ...listener, ...tls, ...store]);
}

interface RegistryFiles {
  directory: string;
  port: number;
  username: string;
  password: string;
}

async function prepareFiles(port?: number): Promise<RegistryFiles> {
  const directory = await mkdtemp(join(tmpdir(), "breakwater-registry-"));
  const files = {
    directory,
    port: port ?? (await freePort()),
    username: "ci",
    password: "correct horse battery staple",
  };
  const tls = await makeLoopbackTls();
  await writeFile(join(directory, "ca.crt"), tls.ca);
  await writeFile(join(directory, "tls.crt"), tls.certificate);
  await writeFile(join(directory, "tls.key"), tls.key, { mode: 0o600 });
  await mkdir(join(directory, "docker"));
  const auth = Buffer.from(`${files.username}:${files.password}`).toString("base64");
  const config = { auths: { [`127.0.0.1:${files.port}`]: { auth } } };
  await writeFile(join(directory, "docker", "config.json"), JSON.stringify(config), { mode: 0o600 });
  return files;
}

async function supervise(files: RegistryFiles, binary: string, args: string[]): Promise<TestRegistry> {
  const { directory, port, username, password } = files;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = await startProcess(binary, args, port);
  };
  const kill = async (): Promise<void> => {
    await endProcess(child);
    child = undefined;
  };
  const stop = async (): Promise<void> => {
    await kill();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host: `127.0.0.1:${port}`,
    caFile: join(directory, "ca.crt"),
    dockerConfigDirectory: join(directory, "docker"),
    username,
    password,
    kill,
    restart: start,
    stop,
  };
}

async function startProcess(binary: string, args: string[], port: number): Promise<ChildProcess> {
  const child = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env.PATH ?? "" } });
  let log = "";
  let failure: string | undefined;
  child.stderr?.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  child.once("error", (error) => {
    failure = error.message;
  });
  child.once("exit", (code, signal) => {
    failure = `exit ${code ?? signal}\n${log}`;
  });
  try {
    await waitForPort(port, () => failure);
  } catch (error) {
    await endProcess(child);
    throw error;
  }
  return child;
}

async function endProcess(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

const tlsAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** PEM texts of a throw-away CA and of a server certificate for the IP address 127.0.0.1 that it issued. */
export interface LoopbackTls {
  ca: string;
  certificate: string;
  key: string;
}

export async function makeLoopbackTls(): Promise<LoopbackTls> {
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(Date.now() + 24 * 3600_000);
  const caKeys = await webcrypto.subtle.generateKey(tlsAlgorithm, true, ["sign", "verify"]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Loopback test CA",
    notBefore,
    notAfter,
    keys: caKeys,
    signingAlgorithm: tlsAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey, false),
    ],
  });
  const keys = await webcrypto.subtle.generateKey(tlsAlgorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "02",
    subject: "CN=127.0.0.1",
    issuer: ca.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: tlsAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    ca: ca.toString("pem"),
    certificate: certificate.toString("pem"),
    key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
  };
}
