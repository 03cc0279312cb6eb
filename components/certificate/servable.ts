import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { parseChain } from "./chain";
import { CertificateError } from "./error";

/** What a server would be given, PEM. */
export interface ServerCertificate {
  /** Leaf first. */
  readonly chain: string;
  readonly privateKey: string;
}

/** DNS names, also `*.` ones, and IP addresses that must all be in the certificate; `now` must be within its life. */
export interface Servable {
  readonly names: readonly string[];
  readonly now: Date;
}

/** Throws unless clients will take the certificate for these names: its key fits, it is valid now and names them all. */
export function requireServable({ chain, privateKey }: ServerCertificate, { names, now }: Servable): void {
  const [leaf] = parseChain(chain);
  if (leaf === undefined) throw new CertificateError("CERTIFICATE_CHAIN_INVALID", "the chain holds no certificate");
  if (!leaf.checkPrivateKey(readKey(privateKey))) {
    throw new CertificateError(
      "CERTIFICATE_KEY_MISMATCH",
      "the private key is not the certificate's. Take chain and key of the same order, the server's own certificate first in the chain",
    );
  }
  requireNames(chain, names);
  const [from, to] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
  if (now > to) {
    throw new CertificateError(
      "CERTIFICATE_EXPIRED",
      `the certificate expired on ${to.toISOString()}. Put a renewed one in its place`,
    );
  }
  if (now < from) {
    throw new CertificateError(
      "CERTIFICATE_NOT_YET_VALID",
      `the certificate is valid from ${from.toISOString()} on, and this machine's clock says ${now.toISOString()}. Set the clock right, or wait`,
    );
  }
}

/** Throws unless the chain's first certificate is for all names. */
export function requireNames(chain: string, names: readonly string[]): void {
  const [leaf] = parseChain(chain);
  for (const name of names) {
    if (leaf !== undefined && covers(leaf, name)) continue;
    throw new CertificateError(
      "CERTIFICATE_HOSTNAME_MISMATCH",
      `the certificate is not for ${name}: it has ${leaf?.subjectAltName ?? "no names"}. Take one that names it`,
    );
  }
}

function covers(leaf: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return leaf.checkIP(name) !== undefined;
  // Any label stands for those that a wildcard covers.
  return leaf.checkHost(name.replace(/^\*\./, "any."), { subject: "never" }) !== undefined;
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    // The cause's own message says nothing of the key, but is not understood by many.
    throw new CertificateError(
      "CERTIFICATE_KEY_INVALID",
      "the private key can't be read: it must be a PEM file without a passphrase, as nginx needs it",
      { cause },
    );
  }
}
