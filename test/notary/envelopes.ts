import { constants, sign } from "node:crypto";
import { HEADER } from "../../components/notary/envelope/header";
import type { TestCertificate } from "../support/certificates";

export const ARTIFACT = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: "sha256:73c803930ea3ba1e54bc25c2bdc53edd0284c62ed651fe7b00369da519a3c333",
  size: 16724,
};

export interface JwsParts {
  payload: string;
  protected: string;
  header: Record<string, unknown>;
  signature: string;
}

export interface JwsOptions {
  /** Members of the protected header that differ; `undefined` removes one. */
  header?: Record<string, unknown>;
  payload?: string;
  chain?: TestCertificate[];
  unprotected?: Record<string, unknown>;
  sign?: (input: Buffer) => Buffer;
}

const encode = (text: string) => Buffer.from(text).toString("base64url");

/** Payload and protected header as told, whatever the rules: for envelopes that our own signer would not make. */
export function jwsOf({ header = {}, payload = JSON.stringify({ targetArtifact: ARTIFACT }) }: JwsOptions) {
  const protectedHeader = {
    [HEADER.alg]: "ES256",
    [HEADER.crit]: [HEADER.signingScheme],
    [HEADER.cty]: "application/vnd.cncf.notary.payload.v1+json",
    [HEADER.signingScheme]: "notary.x509",
    [HEADER.signingTime]: "2026-06-01T12:00:00Z",
    ...header,
  };
  return { payload: encode(payload), protected: encode(JSON.stringify(protectedHeader)) };
}

/** A correctly signed envelope with any content. */
export function signJws(signer: TestCertificate, options: JwsOptions = {}): JwsParts {
  const { payload, protected: protectedHeader } = jwsOf(options);
  const input = Buffer.from(`${protectedHeader}.${payload}`);
  const key = {
    key: signer.privateKey,
    dsaEncoding: "ieee-p1363" as const,
    ...(signer.algorithm.name !== "ECDSA" && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  };
  const signature = options.sign?.(input) ?? sign("sha256", input, key);
  const x5c = (options.chain ?? [signer]).map(({ der }) => der.toString("base64"));
  return {
    payload,
    protected: protectedHeader,
    header: { x5c, ...options.unprotected },
    signature: signature.toString("base64url"),
  };
}
