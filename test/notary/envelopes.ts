import { constants, sign } from "node:crypto";
import { encode, Tag } from "cbor2";
import { COSE_MEDIA_TYPE, JWS_MEDIA_TYPE, PAYLOAD_MEDIA_TYPE } from "../../components/notary/envelope/content";
import { COSE_LABEL, type Label, UNPROTECTED_LABEL } from "../../components/notary/envelope/coseHeader";
import { COSE_ALGORITHM } from "../../components/notary/envelope/coseProtectedHeader";
import { plain, toBeSigned } from "../../components/notary/envelope/coseSign1";
import { HEADER } from "../../components/notary/envelope/header";
import { formatRfc3339 } from "../../components/notary/envelope/rfc3339";
import { NOW, type TestCertificate } from "../support/certificates";

// Correctly signed envelopes with any content: for what our own signer would not make.

export const ARTIFACT = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: "sha256:73c803930ea3ba1e54bc25c2bdc53edd0284c62ed651fe7b00369da519a3c333",
  size: 16724,
};
export const PAYLOAD = JSON.stringify({ targetArtifact: ARTIFACT });

export interface JwsParts {
  payload: string;
  protected: string;
  header: Record<string, unknown>;
  signature: string;
}

interface CommonOptions {
  chain?: TestCertificate[];
  sign?: (input: Buffer) => Buffer;
}

export interface JwsOptions extends CommonOptions {
  /** Members of the protected header that differ; `undefined` removes one. */
  header?: Record<string, unknown>;
  payload?: string;
  unprotected?: Record<string, unknown>;
}

const base64url = (text: string) => Buffer.from(text).toString("base64url");

export function jwsOf({ header = {}, payload = PAYLOAD }: JwsOptions) {
  const protectedHeader = {
    [HEADER.alg]: "ES256",
    [HEADER.crit]: [HEADER.signingScheme],
    [HEADER.cty]: PAYLOAD_MEDIA_TYPE,
    [HEADER.signingScheme]: "notary.x509",
    [HEADER.signingTime]: formatRfc3339(NOW),
    ...header,
  };
  return { payload: base64url(payload), protected: base64url(JSON.stringify(protectedHeader)) };
}

export function signJws(signer: TestCertificate, options: JwsOptions = {}): JwsParts {
  const { payload, protected: protectedHeader } = jwsOf(options);
  const input = Buffer.from(`${protectedHeader}.${payload}`);
  const signature = options.sign?.(input) ?? signBytes(signer, input);
  const x5c = (options.chain ?? [signer]).map(({ der }) => der.toString("base64"));
  return {
    payload,
    protected: protectedHeader,
    header: { x5c, ...options.unprotected },
    signature: signature.toString("base64url"),
  };
}

export interface CoseOptions extends CommonOptions {
  /** Parameters of the protected header that differ; `undefined` removes one. */
  header?: [Label, unknown][];
  /** In place of the protected header. */
  protectedBytes?: Buffer;
  payload?: Buffer;
  unprotected?: [Label, unknown][];
}

export interface CoseParts {
  protectedBytes: Buffer;
  unprotected: Map<Label, unknown>;
  payload: Buffer;
  signature: Buffer;
}

export function coseOf(signer: TestCertificate, options: CoseOptions = {}): CoseParts {
  const header = new Map<Label, unknown>([
    [COSE_LABEL.alg, COSE_ALGORITHM.ES256],
    [COSE_LABEL.crit, [COSE_LABEL.signingScheme]],
    [COSE_LABEL.contentType, PAYLOAD_MEDIA_TYPE],
    [COSE_LABEL.signingScheme, "notary.x509"],
    [COSE_LABEL.signingTime, epoch(NOW)],
    ...(options.header ?? []),
  ]);
  const protectedBytes = options.protectedBytes ?? encodeMap(header);
  const payload = options.payload ?? Buffer.from(PAYLOAD);
  const input = toBeSigned({ protectedBytes, payload });
  const signature = options.sign?.(input) ?? signBytes(signer, input);
  const x5chain = (options.chain ?? [signer]).map(({ der }) => plain(der));
  const unprotected = new Map<Label, unknown>([[UNPROTECTED_LABEL.x5chain, x5chain], ...(options.unprotected ?? [])]);
  return { protectedBytes, unprotected, payload, signature };
}

export function packCose({ protectedBytes, unprotected, payload, signature }: CoseParts): Buffer {
  const items = [plain(protectedBytes), defined(unprotected), plain(payload), plain(signature)];
  return Buffer.from(encode(new Tag(18, items)));
}

export const signCose = (signer: TestCertificate, options: CoseOptions = {}) => packCose(coseOf(signer, options));

export const epoch = (time: Date) => new Tag(1, Math.floor(time.getTime() / 1000));
export const encodeMap = (map: Map<Label, unknown>) => Buffer.from(encode(defined(map)));
const defined = (map: Map<Label, unknown>) => new Map([...map].filter(([, value]) => value !== undefined));

/** What the two formats have in common, by the names of JWS; times are `Date`s, bytes `Buffer`s. */
export interface EnvelopeOptions extends CommonOptions {
  header?: Record<string, unknown>;
  payload?: string;
  timestampSignature?: Buffer;
  signingAgent?: string;
}

const LABEL_OF: Readonly<Record<string, Label>> = {
  alg: COSE_LABEL.alg,
  crit: COSE_LABEL.crit,
  cty: COSE_LABEL.contentType,
};

export const FORMATS = [
  {
    format: "jws",
    mediaType: JWS_MEDIA_TYPE,
    make: (signer: TestCertificate, options: EnvelopeOptions = {}) => {
      const { header = {}, timestampSignature, signingAgent, ...others } = options;
      const asText = ([key, value]: [string, unknown]) => [key, value instanceof Date ? formatRfc3339(value) : value];
      const jws = signJws(signer, {
        ...others,
        header: Object.fromEntries(Object.entries(header).map(asText)) as Record<string, unknown>,
        unprotected: {
          "io.cncf.notary.timestampSignature": timestampSignature?.toString("base64"),
          "io.cncf.notary.signingAgent": signingAgent,
        },
      });
      return Buffer.from(JSON.stringify(jws));
    },
  },
  {
    format: "cose",
    mediaType: COSE_MEDIA_TYPE,
    make: (signer: TestCertificate, options: EnvelopeOptions = {}) => {
      const { header = {}, payload, timestampSignature, signingAgent, ...others } = options;
      const asParameter = ([key, value]: [string, unknown]): [Label, unknown] => {
        if (key === "alg") return [COSE_LABEL.alg, (COSE_ALGORITHM as Record<string, number>)[String(value)] ?? value];
        return [LABEL_OF[key] ?? key, value instanceof Date ? epoch(value) : value];
      };
      return signCose(signer, {
        ...others,
        ...(payload !== undefined && { payload: Buffer.from(payload) }),
        header: Object.entries(header).map(asParameter),
        unprotected: [
          [UNPROTECTED_LABEL.timestampSignature, timestampSignature && plain(timestampSignature)],
          [UNPROTECTED_LABEL.signingAgent, signingAgent],
        ],
      });
    },
  },
] as const;

function signBytes(signer: TestCertificate, input: Buffer): Buffer {
  return sign("sha256", input, {
    key: signer.privateKey,
    dsaEncoding: "ieee-p1363",
    ...(signer.algorithm.name !== "ECDSA" && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  });
}
