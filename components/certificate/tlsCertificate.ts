import type { Output } from "@pulumi/pulumi";

/** A TLS certificate that a server is given, wherever it comes from: ACME or files. */
export interface TlsCertificate {
  /** The leaf's SHA-256 thumbprint in lower hex; another certificate has another one. */
  readonly id: Output<string>;
  /** ISO 8601. */
  readonly notAfter: Output<string>;
  /** The common name of who issued it. */
  readonly issuer: Output<string>;
  /** PEM files, relative to the project's folder or absolute; `root` where clients don't know the root themselves. */
  readonly files: { readonly chain: string; readonly key: string; readonly root?: string };
}
