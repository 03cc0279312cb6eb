import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface OpensslOptions {
  /** As in a subjectAltName: `DNS:example.com`, `IP:127.0.0.1`. */
  names: string[];
  /** As `20260101000000Z`; an hour ago and a day ahead when left out. */
  notBefore?: string;
  notAfter?: string;
  /** As `0x87654321`. */
  serial?: string;
  /** Hex; the issuer's key identifier that the certificate states. */
  issuerKeyId?: string;
  /** A passphrase for the key. */
  passphrase?: string;
}

/** A server's certificate and key that OpenSSL made, PEM; `chain` has its issuer as well. */
export async function opensslCertificate(options: OpensslOptions) {
  const folder = await mkdtemp(join(tmpdir(), "breakwater-openssl-"));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => promisify(execFile)("openssl", args, { cwd: folder });
  const keyIdentifier = options.issuerKeyId ?? "0102030405060708090a0b0c0d0e0f1011121314";
  try {
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    // The issuer's own key identifier is what its certificates state of it; clients trust no root that states another.
    const ca = [
      "basicConstraints=critical,CA:TRUE",
      `subjectKeyIdentifier=${keyIdentifier}`,
      "authorityKeyIdentifier=none",
    ].flatMap((extension) => ["-addext", extension]);
    await openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test root", ...ca);
    await openssl("req", "-new", ...newKey, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=leaf");
    await writeFile(file("leaf.cnf"), leafConfiguration(folder, options));
    await writeFile(file("index.txt"), "");
    await writeFile(file("serial"), `${(options.serial ?? "0x1234").replace(/^0x/, "").padStart(4, "0")}\n`);
    const hour = 3_600_000;
    const from = options.notBefore ?? time(new Date(Date.now() - hour));
    const to = options.notAfter ?? time(new Date(Date.now() + 24 * hour));
    await openssl(
      ...["ca", "-batch", "-notext", "-config", "leaf.cnf", "-in", "request.pem", "-out", "leaf.pem"],
      ...["-startdate", from, "-enddate", to],
    );
    if (options.passphrase) {
      await openssl(
        "pkcs8",
        "-topk8",
        "-in",
        "key.pem",
        "-out",
        "locked.pem",
        "-passout",
        `pass:${options.passphrase}`,
      );
    }
    const [certificate, root, key] = await Promise.all(
      ["leaf.pem", "ca.pem", options.passphrase ? "locked.pem" : "key.pem"].map((name) => readFile(file(name), "utf8")),
    );
    return { certificate: `${certificate}`, root: `${root}`, chain: `${certificate}${root}`, key: `${key}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const time = (date: Date) => `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;

function leafConfiguration(folder: string, { names }: OpensslOptions): string {
  return `
[ ca ]
default_ca = this
[ this ]
database = ${join(folder, "index.txt")}
serial = ${join(folder, "serial")}
new_certs_dir = ${folder}
certificate = ${join(folder, "ca.pem")}
private_key = ${join(folder, "ca.key")}
default_md = sha256
policy = any
x509_extensions = leaf
unique_subject = no
[ any ]
commonName = supplied
[ leaf ]
basicConstraints = CA:FALSE
authorityKeyIdentifier = keyid:always
extendedKeyUsage = serverAuth
subjectAltName = ${names.join(", ")}
`;
}
