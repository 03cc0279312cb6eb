import "reflect-metadata";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as x509 from "@peculiar/x509";
import {
  basicConstraints,
  digitalSignature,
  extendedKeyUsage,
  keyCertSign,
  keyUsage,
  makeCertificate,
  type TestCertificate,
} from "../../support/certificates";

export interface ServerFiles {
  readonly chainFile: string;
  readonly keyFile: string;
  readonly rootFile: string;
}

const HOUR = 3_600_000;
const validity = (hours = 24) => ({
  notBefore: new Date(Date.now() - HOUR),
  notAfter: new Date(Date.now() + hours * HOUR),
});

export function serverRoot(): Promise<TestCertificate> {
  return makeCertificate({
    subject: "CN=root of the test's servers",
    extensions: [basicConstraints(true), keyUsage(keyCertSign)],
    ...validity(),
  });
}

/** Issues a certificate and writes its files over the ones of before. Returns its thumbprint, which is its id. */
export async function issueServerCertificate(
  root: TestCertificate,
  names: readonly string[],
  files: ServerFiles,
): Promise<string> {
  const leaf = await makeCertificate({
    subject: `CN=${names[0]}`,
    issuer: root,
    extensions: [
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
      keyUsage(digitalSignature),
      extendedKeyUsage(x509.ExtendedKeyUsage.serverAuth),
    ],
    ...validity(),
  });
  mkdirSync(dirname(files.chainFile), { recursive: true });
  writeFileSync(files.chainFile, leaf.pem);
  writeFileSync(files.keyFile, leaf.privateKey, { mode: 0o600 });
  writeFileSync(files.rootFile, root.pem);
  return createHash("sha256").update(leaf.der).digest("hex");
}
