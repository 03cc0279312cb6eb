import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const DAY_MS = 86_400_000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A CA or a signer with its certificates; its key is in memory alone. */
export interface Issued {
  /** PEM. */
  readonly certificate: string;
  /** PEM, this one first, up to the root. */
  readonly chain: string;
  /** PKCS#8 in PEM. */
  readonly privateKey: string;
}

interface Authority extends Issued {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

export type SignerName = "release" | "dev" | "mobile2025" | "mobile2026" | "partner";

export interface Signers {
  readonly acme: Issued;
  readonly partnerRoot: Issued;
  readonly of: Readonly<Record<SignerName, Issued>>;
}

/** Two CAs, and who signs with a certificate of theirs. All are some months old, and valid for some more. */
export async function makeSigners(now: Date): Promise<Signers> {
  const acme = await issue({ subject: "C=US, ST=WA, O=Acme, CN=Acme Signing CA", days: [-600, 3000], now });
  const partnerRoot = await issue({ subject: "C=US, ST=OR, O=Partner, CN=Partner Builds CA", days: [-300, 400], now });
  const by = (issuer: Authority, subject: string, days: readonly [number, number] = [-200, 165]) =>
    issue({ subject, issuer, days, now });
  return {
    acme,
    partnerRoot,
    of: {
      release: await by(acme, "C=US, ST=WA, O=Acme, OU=Release, CN=release.acme.example"),
      dev: await by(acme, "C=US, ST=WA, O=Acme, OU=Development, CN=laptop-17.acme.example"),
      mobile2025: await by(acme, "C=US, ST=WA, O=Acme, OU=Mobile, CN=mobile-2025", [-340, 25]),
      mobile2026: await by(acme, "C=US, ST=WA, O=Acme, OU=Mobile, CN=mobile-2026", [-20, 345]),
      partner: await by(partnerRoot, "C=US, ST=OR, O=Partner, OU=Builds, CN=ci.partner.example"),
    },
  };
}

interface IssueArgs {
  readonly subject: string;
  /** A signer's certificate is of an issuer; a CA's is its own. */
  readonly issuer?: Authority;
  /** From when to when, from now. */
  readonly days: readonly [number, number];
  readonly now: Date;
}

async function issue({ subject, issuer, days, now }: IssueArgs): Promise<Authority> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const [notBefore, notAfter] = days.map((day) => new Date(now.getTime() + day * DAY_MS));
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(15).toString("hex")}`,
    subject,
    issuer: issuer?.subject ?? subject,
    ...(notBefore && { notBefore }),
    ...(notAfter && { notAfter }),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: issuer === undefined ? ofAuthority() : ofSigner(),
  });
  const certificate = `${made.toString("pem").trim()}\n`;
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  const privateKey = x509.PemConverter.encode(pkcs8, "PRIVATE KEY");
  return { certificate, chain: certificate + (issuer?.chain ?? ""), privateKey, subject, keys };
}

function ofAuthority(): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
  ];
}

function ofSigner(): x509.Extension[] {
  return [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
  ];
}
