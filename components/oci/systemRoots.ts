import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where Linux distributions keep their CAs; the first file that exists counts, and every folder. */
const FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
const DIRECTORIES = ["/etc/ssl/certs", "/etc/pki/tls/certs"];
const MAX_FILE_SIZE = 16 * 1024 * 1024;
const MAX_FILES = 5000;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What decides which CAs the machine trusts. */
export function rootsSource({ SSL_CERT_FILE, SSL_CERT_DIR }: NodeJS.ProcessEnv = process.env): string {
  return JSON.stringify([SSL_CERT_FILE, SSL_CERT_DIR]);
}

/**
 * The CA certificates that tools written in Go trust on this machine, each as PEM, without duplicates: SSL_CERT_FILE takes the
 * place of the system's file, SSL_CERT_DIR (divided by `:`) that of its folders. What cannot be read is passed over, as by Go.
 * Empty on systems that keep them elsewhere. Source: Go's crypto/x509, root_unix.go and root_linux.go.
 */
export function systemRoots(environment: NodeJS.ProcessEnv = process.env): string[] {
  const file = environment.SSL_CERT_FILE;
  const directories = environment.SSL_CERT_DIR;
  const roots = new Set<string>();
  for (const path of file ? [file] : FILES) {
    const found = certificatesIn(path);
    if (found !== undefined) {
      for (const certificate of found) roots.add(certificate);
      break;
    }
  }
  for (const directory of directories ? directories.split(":") : DIRECTORIES) {
    for (const path of filesOf(directory)) {
      for (const certificate of certificatesIn(path) ?? []) roots.add(certificate);
    }
  }
  return [...roots];
}

/** Undefined when there is no such file. */
function certificatesIn(path: string): string[] | undefined {
  try {
    const { size } = statSync(path);
    return size > MAX_FILE_SIZE ? [] : (readFileSync(path, "utf8").match(PEM) ?? []);
  } catch {
    return undefined;
  }
}

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
      .slice(0, MAX_FILES)
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}
