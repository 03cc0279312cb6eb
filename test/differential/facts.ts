import { isUtf8 } from "node:buffer";
import { constants, verify, X509Certificate } from "node:crypto";
import { decode, type Tag } from "cbor2";
import type { Case } from "./case";

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

/** What stands in the place of the certificate chain. */
export function certificatesOf(question: Case): unknown[] {
  const header: unknown = coseOf(question)?.[1];
  const chain = isJws(question)
    ? jwsOf(question)?.header?.x5c
    : header instanceof Map
      ? header.get(33)
      : (header as Record<string, unknown> | undefined)?.["33"];
  return Array.isArray(chain) ? chain : [];
}
