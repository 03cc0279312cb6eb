import { isUtf8 } from "node:buffer";
import { constants, createHash, verify, X509Certificate } from "node:crypto";
import { decode, type Tag } from "cbor2";
import type { Case } from "./case";
import { type Element, parse, plain } from "./mutateDer";

// What can be seen in a case, read again without the code under test: on it the named differences depend.

export const isJws = ({ envelopeMediaType }: Case) => envelopeMediaType === "application/jose+json";
export const bytesOf = ({ envelope }: Case) => Buffer.from(envelope, "base64");

interface Jws {
  payload?: unknown;
  protected?: unknown;
  header?: Record<string, unknown>;
  signature?: unknown;
  [other: string]: unknown;
}

/** The envelope as JSON, undefined when it is none. */
export function jwsOf(question: Case): Jws | undefined {
  return isJws(question) ? (objectOf(bytesOf(question).toString()) as Jws | undefined) : undefined;
}

export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const decoded = (text: unknown) => Buffer.from(typeof text === "string" ? text : "", "base64url");

/** The JSON texts of a case's envelope: all of it, its protected header and its payload; of COSE the payload only. */
export function jsonTextsOf(question: Case): Buffer[] {
  const payload = payloadOf(question);
  if (!isJws(question)) return payload ? [payload] : [];
  const jws = jwsOf(question);
  return [bytesOf(question), ...(jws ? [decoded(jws.protected)] : []), ...(payload ? [payload] : [])];
}

export function payloadOf(question: Case): Buffer | undefined {
  const jws = jwsOf(question);
  if (jws) return decoded(jws.payload);
  const message = coseOf(question);
  return message && Buffer.from(message[2] as Uint8Array);
}

/** Members of the signed header, by name or label. */
export function signedHeaderOf(question: Case): Map<unknown, unknown> {
  if (isJws(question)) {
    const jws = jwsOf(question);
    return new Map(Object.entries(objectOf(decoded(jws?.protected).toString()) ?? {}));
  }
  const message = coseOf(question);
  try {
    const header: unknown = message && decode(message[0] as Uint8Array, { preferMap: true } as object);
    return header instanceof Map ? header : new Map(Object.entries((header ?? {}) as object));
  } catch {
    return new Map();
  }
}

export function coseOf(question: Case): unknown[] | undefined {
  try {
    const message = decode<Tag>(bytesOf(question));
    return Array.isArray(message.contents) ? (message.contents as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

/** What `crit` lists. */
export function criticalOf(question: Case): unknown[] {
  const header = signedHeaderOf(question);
  const crit = header.get("crit") ?? header.get(2) ?? header.get("2");
  return Array.isArray(crit) ? crit : [];
}

export const hasInvalidUtf8 = (question: Case) => jsonTextsOf(question).some((text) => !isUtf8(text));

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;

/** Whether an object of a JSON text has a key twice. */
export function hasDuplicateKey(text: string): boolean {
  const open: Set<unknown>[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (/^\s*:/.test(text.slice(index + token.length, index + token.length + 10))) {
      const key = objectOf(`[${token}]`)?.[0];
      if (open.at(-1)?.has(key)) return true;
      open.at(-1)?.add(key);
    }
  }
  return false;
}

/** Numbers outside strings that are written with a fraction or an exponent. */
export const hasOddNumber = (text: string) => /[-+\d.eE]*\d[.eE][-+\d]/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '""'));

/** A key that is one of these names but for the case of its letters. */
export function hasMiscasedKey(text: string, names: readonly string[]): boolean {
  const fold = (name: string) => name.toUpperCase().toLowerCase();
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].some(
    ({ 1: key = "" }) => !names.includes(key) && names.some((name) => fold(name) === fold(key)),
  );
}

/** Whether a JWS holds with a salt of another length than the hash's. */
export function holdsWithAnySalt(question: Case): boolean {
  const jws = jwsOf(question);
  const [leaf] = (jws?.header?.x5c as string[] | undefined) ?? [];
  const bits = /^PS(\d+)$/.exec(String(signedHeaderOf(question).get("alg")))?.[1];
  if (!jws || !leaf || !bits) return false;
  try {
    const key = new X509Certificate(Buffer.from(leaf, "base64")).publicKey;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const saltLength = constants.RSA_PSS_SALTLEN_AUTO;
    const input = Buffer.from(`${jws.protected}.${jws.payload}`);
    return verify(`sha${bits}`, input, { key, padding, saltLength }, decoded(jws.signature));
  } catch {
    return false;
  }
}

/** Members of a COSE message's unprotected header, by label. */
export function unprotectedOf(question: Case): Map<unknown, unknown> {
  const header: unknown = isJws(question) ? undefined : coseOf(question)?.[1];
  if (header instanceof Map) return header;
  return new Map(
    Object.entries((header ?? {}) as object).map(([label, value]) => [
      /^-?\d+$/.test(label) ? Number(label) : label,
      value,
    ]),
  );
}

/** What stands in the place of the certificate chain. */
export function certificatesOf(question: Case): unknown[] {
  const chain = isJws(question) ? jwsOf(question)?.header?.x5c : unprotectedOf(question).get(33);
  return Array.isArray(chain) ? chain : [];
}

/** DER of the time stamp token, undefined without one. */
export function tokenOf(question: Case): Buffer | undefined {
  const name = "io.cncf.notary.timestampSignature";
  const token = isJws(question) ? jwsOf(question)?.header?.[name] : unprotectedOf(question).get(name);
  if (typeof token === "string") return Buffer.from(token, "base64");
  return token instanceof Uint8Array ? Buffer.from(token) : undefined;
}

/** Members of the token's SignedData. */
export function signedDataOf(question: Case): Element[] {
  return parse(tokenOf(question) ?? Buffer.alloc(0))?.children?.[1]?.children?.[0]?.children ?? [];
}

/** Whether the content of the token is DER as far as lengths go. */
export function hasWellFormedTstInfo(question: Case): boolean {
  const content = signedDataOf(question)[2]?.children?.[1]?.children?.[0]?.content;
  return content !== undefined && isWellFormed(content);
}

/** Whether these bytes are one element of DER, as far as lengths go, down to the last one inside. */
export function isWellFormed(der: Buffer): boolean {
  const element = parse(der);
  const whole = (each: Element): boolean => !(each.tag & 0x20) || (each.children?.every(whole) ?? false);
  return element !== undefined && whole(element);
}

/** Subjects and key bits of all certificates of both chains. */
function certificateParts(question: Case): { name: Buffer; keyBits: Buffer }[] {
  const x5c = certificatesOf(question).map((each) =>
    typeof each === "string" ? Buffer.from(each, "base64") : Buffer.from(each as Uint8Array),
  );
  const inToken =
    signedDataOf(question)
      .find(({ tag }) => tag === 0xa0)
      ?.children?.map(plain) ?? [];
  const inStores = Object.values(question.stores)
    .flat()
    .map((pem) => Buffer.from(pem.replace(/-----.*-----|\s/g, ""), "base64"));
  return [...x5c, ...inToken, ...inStores].flatMap((der) => {
    const fields = parse(der)?.children?.[0]?.children ?? [];
    const first = fields[0]?.tag === 0xa0 ? 1 : 0;
    const [name, key] = [fields[first + 4], fields[first + 5]];
    const bits = key?.children?.[1]?.content.subarray(1);
    return name && bits ? [{ name: plain(name), keyBits: bits }] : [];
  });
}

/** Whether a CRL names an issuer that is no subject of any certificate. */
export function hasForeignCrl(question: Case): boolean {
  const names = certificateParts(question).map(({ name }) => name);
  return Object.values(question.network).some(({ body }) => {
    const list = parse(Buffer.from(body, "base64"))?.children?.[0]?.children;
    const issuer = list?.[2];
    return issuer !== undefined && !names.some((name) => name.equals(plain(issuer)));
  });
}

/** Whether an OCSP response is about a certificate of an issuer that has neither name nor key of any of the chains. */
export function hasForeignOcspResponse(question: Case): boolean {
  const parts = certificateParts(question);
  const hashes = ["sha1", "sha256", "sha384", "sha512"];
  const known = new Set(
    parts.flatMap(({ name, keyBits }) =>
      hashes.map((hash) => [name, keyBits].map((part) => createHash(hash).update(part).digest("hex")).join()),
    ),
  );
  return Object.values(question.network).some(({ body }) => {
    const basic = parse(Buffer.from(body, "base64"))?.children?.[1]?.children?.[0]?.children?.[1]?.children?.[0];
    const data = basic?.children?.[0]?.children ?? [];
    const responses = data.find(({ tag }, at) => at > 0 && tag === 0x30)?.children ?? [];
    return responses.some(({ children }) => {
      const id = children?.[0]?.children ?? [];
      return !known.has([id[1], id[2]].map((part) => part?.content.toString("hex")).join());
    });
  });
}

/** Tags of the general names by which the signed attribute SigningCertificateV2 names a token's signers. */
export function signerNameTagsOf(question: Case): number[] {
  const signers = signedDataOf(question).at(-1)?.children ?? [];
  const attributes = signers.flatMap(({ children }) => children?.find(({ tag }) => tag === 0xa0)?.children ?? []);
  const named = attributes.filter(({ children }) => children?.[0]?.content.equals(SIGNING_CERTIFICATE_V2));
  return named.flatMap(({ children }) => {
    const certificateId = children?.[1]?.children?.[0]?.children?.[0]?.children?.[0]?.children ?? [];
    const issuerSerial = certificateId.find(
      ({ tag, children: parts }) => tag === 0x30 && parts?.length === 2 && parts[0]?.tag === 0x30,
    );
    return issuerSerial?.children?.[0]?.children?.map(({ tag }) => tag) ?? [];
  });
}

/** id-smime-aa-signingCertificateV2. */
const SIGNING_CERTIFICATE_V2 = Buffer.from("2a864886f70d010910022f", "hex");
