import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestCertificate } from "./certificates";

/** An `openssl ca` of one issuer: it revokes, makes CRLs, and its `openssl ocsp` answers on loopback. */
export class RevocationAuthority {
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(issuer: TestCertificate): Promise<RevocationAuthority> {
    const folder = await mkdtemp(join(tmpdir(), "breakwater-ca-"));
    await Promise.all([
      writeFile(join(folder, "ca.pem"), issuer.pem),
      writeFile(join(folder, "ca.key"), issuer.privateKey, { mode: 0o600 }),
      writeFile(join(folder, "index.txt"), ""),
      writeFile(join(folder, "crlnumber"), "01\n"),
      writeFile(join(folder, "openssl.cnf"), configuration(folder)),
    ]);
    return new RevocationAuthority(folder);
  }

  /** Enters a certificate as valid. */
  async issue(certificate: TestCertificate): Promise<void> {
    await this.#ca("-valid", await this.#file("issued.pem", certificate.pem));
  }

  /** `options` as openssl ca's, such as -crl_reason keyCompromise, -crl_hold, -crl_compromise. */
  async revoke(certificate: TestCertificate, ...options: string[]): Promise<void> {
    await this.#ca("-revoke", await this.#file("revoked.pem", certificate.pem), ...options);
  }

  /** The DER of a new CRL; `options` as openssl ca's. */
  async crl(...options: string[]): Promise<Buffer> {
    const [pem, der] = [join(this.#folder, "crl.pem"), join(this.#folder, "crl.der")];
    await this.#ca("-gencrl", "-crlhours", "1", "-out", pem, ...options);
    await openssl("crl", "-in", pem, "-outform", "DER", "-out", der);
    return readFile(der);
  }

  /** The DER of OpenSSL's request about a certificate, without a nonce. */
  async ocspRequest(certificate: TestCertificate): Promise<Buffer> {
    const [leaf, out] = [await this.#file("asked.pem", certificate.pem), join(this.#folder, "request.der")];
    await openssl("ocsp", "-issuer", join(this.#folder, "ca.pem"), "-cert", leaf, "-no_nonce", "-reqout", out);
    return readFile(out);
  }

  /** Starts a responder on `port`, which signs as the issuer unless told. */
  async startResponder(port: number, signer?: TestCertificate, ...options: string[]): Promise<void> {
    const file = (name: string) => join(this.#folder, name);
    let [certificate, key] = [file("ca.pem"), file("ca.key")];
    if (signer) {
      certificate = await this.#file(`responder-${port}.pem`, signer.pem);
      key = await this.#file(`responder-${port}.key`, signer.privateKey);
    }
    const child = spawn(
      "openssl",
      ["ocsp", "-index", file("index.txt"), "-CA", file("ca.pem"), "-rsigner", certificate, "-rkey", key]
        .concat(["-port", String(port), "-nmin", "5", "-ignore_err"])
        .concat(options),
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#processes.push(child);
    // It says when it listens; a connection that asks nothing would block it for good.
    let said = "";
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk) => {
          said += chunk;
          if (said.includes("ACCEPT")) resolve();
        });
      }
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`openssl ocsp ended: ${said}`)));
    });
  }

  async stop(): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ca(...args: string[]): Promise<void> {
    await openssl("ca", "-config", join(this.#folder, "openssl.cnf"), ...args);
  }

  async #file(name: string, content: string): Promise<string> {
    const path = join(this.#folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }
}

async function openssl(...args: string[]): Promise<void> {
  await promisify(execFile)("openssl", args);
}

function configuration(folder: string): string {
  return `
[ ca ]
default_ca = this
[ this ]
database = ${join(folder, "index.txt")}
crlnumber = ${join(folder, "crlnumber")}
certificate = ${join(folder, "ca.pem")}
private_key = ${join(folder, "ca.key")}
default_md = sha256
unique_subject = no
`;
}
