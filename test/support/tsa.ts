import "reflect-metadata";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as x509 from "@peculiar/x509";
import * as make from "./certificates";

const HOUR = 3_600_000;

export interface TsaOptions {
  /** What its certificate also carries, such as where its revocation status is published. */
  extensions?: make.CertificateOptions["extensions"];
  /** PEM of the tokens' chain above the leaf, instead of its root. */
  root?: make.TestCertificate;
  keySpec?: make.CertificateOptions["keySpec"];
}

/** A time stamping authority on loopback: OpenSSL makes its tokens, at the machine's present time. */
export interface TestTsa {
  url: string;
  rootPem: string;
  root: make.TestCertificate;
  leaf: make.TestCertificate;
  stop(): Promise<void>;
}

/** A chain that notation takes: a self-signed CA, and a leaf that may stamp time and nothing else, valid now. */
export async function tsaCertificates(options: TsaOptions = {}) {
  const validity = { notBefore: new Date(Date.now() - HOUR), notAfter: new Date(Date.now() + 24 * HOUR) };
  const root =
    options.root ?? (await make.goodRoot({ ...validity, subject: "C=US, ST=WA, O=wabbit-networks.io, CN=tsa root" }));
  const leaf = await make.makeCertificate({
    ...validity,
    subject: "C=US, ST=WA, O=wabbit-networks.io, CN=tsa",
    issuer: root,
    ...(options.keySpec && { keySpec: options.keySpec }),
    extensions: [...TSA_EXTENSIONS(), ...(options.extensions ?? [])],
  });
  return { root, leaf };
}

/** Of a leaf that may stamp time: RFC 3161 § 2.3. */
export const TSA_EXTENSIONS = () => [
  make.keyUsage(make.digitalSignature),
  new x509.ExtendedKeyUsageExtension([make.ExtendedKeyUsage.timeStamping], true),
];

export async function startTsa(options: TsaOptions = {}): Promise<TestTsa> {
  const { root, leaf } = await tsaCertificates(options);
  const folder = await mkdtemp(join(tmpdir(), "breakwater-tsa-"));
  await Promise.all([
    writeFile(join(folder, "leaf.pem"), leaf.pem),
    writeFile(join(folder, "chain.pem"), root.chainPem),
    writeFile(join(folder, "leaf.key"), leaf.privateKey, { mode: 0o600 }),
    writeFile(join(folder, "serial"), "01\n"),
    writeFile(join(folder, "openssl.cnf"), configuration(folder)),
  ]);
  // OpenSSL keeps the serial number in a file: one reply after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const replyTo = (query: Buffer) => {
    const reply = turn.then(() => timestampReply(folder, query));
    turn = reply.catch(() => undefined);
    return reply;
  };
  const server = createServer((request, response) => {
    bodyOf(request)
      .then(replyTo)
      .then(
        (reply) => response.writeHead(200, { "content-type": "application/timestamp-reply" }).end(reply),
        () => response.writeHead(500).end(),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    rootPem: root.pem,
    root,
    leaf,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function timestampReply(folder: string, query: Buffer): Promise<Buffer> {
  const [queryFile, replyFile] = [join(folder, "query.tsq"), join(folder, "reply.tsr")];
  await writeFile(queryFile, query);
  const options = ["-config", join(folder, "openssl.cnf"), "-queryfile", queryFile, "-out", replyFile];
  await promisify(execFile)("openssl", ["ts", "-reply", ...options]);
  return readFile(replyFile);
}

function configuration(folder: string): string {
  return `
[ tsa ]
default_tsa = loopback
[ loopback ]
serial = ${join(folder, "serial")}
signer_cert = ${join(folder, "leaf.pem")}
certs = ${join(folder, "chain.pem")}
signer_key = ${join(folder, "leaf.key")}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
