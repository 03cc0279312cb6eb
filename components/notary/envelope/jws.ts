import { flattenedVerify } from "jose";
import { type Certificate, parseCertificate } from "../certificates/certificate";
import type { SignatureAlgorithm } from "../certificates/keySpec";
import { isJsonObject, parseStrictJson } from "../json/strictJson";
import type { EnvelopeContent, UnsignedAttributes } from "./content";
import { EnvelopeError } from "./error";
import { UNPROTECTED_HEADER } from "./header";
import { type ProtectedHeader, parseProtectedHeader } from "./protectedHeader";

/** signature-envelope-jws.md § Signature Envelope: a flattened JWS with these four members and no other. */
interface FlattenedJws {
  payload: string;
  protected: string;
  header: Record<string, unknown>;
  signature: string;
}

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const CERTIFICATES_MAX = 32;

/**
 * Parses a JWS envelope and verifies its signature with the key of its own leaf certificate; the chain's rules and
 * all questions of trust come later. Stricter in form than notation-core-go, which ignores further members, line breaks
 * and stray bits in base64, and the case of names.
 * @throws EnvelopeError, JsonError, CertificateError
 */
export async function openJws(envelope: Buffer): Promise<EnvelopeContent> {
  const jws = parseFlattenedJws(envelope);
  const header = parseProtectedHeader(decoded(jws.protected, "protected"));
  const certificateChain = readCertificateChain(jws.header);
  const [leaf] = certificateChain;
  if (!leaf) throw chainError("x5c is empty");
  await verifySignature(jws, header, header.algorithm, leaf);
  return {
    payload: { contentType: header.contentType, content: decoded(jws.payload, "payload") },
    signedAttributes: header.signedAttributes,
    unsignedAttributes: readUnsignedAttributes(jws.header),
    signatureAlgorithm: header.algorithm,
    certificateChain,
    signature: decoded(jws.signature, "signature"),
  };
}

function parseFlattenedJws(envelope: Buffer): FlattenedJws {
  const value = parseStrictJson(envelope);
  if (!isJsonObject(value)) throw malformed("it is not a JSON object");
  const { payload, protected: protectedHeader, header, signature, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw malformed(`it has the member ${JSON.stringify(other)} beside payload, protected, header and signature`);
  if (
    typeof payload !== "string" ||
    typeof protectedHeader !== "string" ||
    typeof signature !== "string" ||
    !isJsonObject(header)
  ) {
    throw malformed("payload, protected and signature must be strings, header an object");
  }
  if (payload === "" || protectedHeader === "" || signature === "")
    throw malformed("payload, protected or signature is empty");
  return { payload, protected: protectedHeader, header, signature };
}

async function verifySignature(
  jws: FlattenedJws,
  header: ProtectedHeader,
  algorithm: SignatureAlgorithm,
  leaf: Certificate,
): Promise<void> {
  try {
    // The unprotected header is not passed: nothing in it may steer the verification. The critical headers are
    // declared known, as this
    // folder judges them; those it does not know fail in verification/unsupported.ts.
    await flattenedVerify(
      { payload: jws.payload, protected: jws.protected, signature: jws.signature },
      leaf.publicKey,
      {
        algorithms: [algorithm],
        crit: Object.fromEntries(header.critical.map((name) => [name, true])),
      },
    );
  } catch (error) {
    throw new EnvelopeError(
      "ENVELOPE_SIGNATURE_INVALID",
      "the envelope's signature does not verify with its signing certificate: it was altered, or made with another key",
      {
        cause: error,
      },
    );
  }
}

function readCertificateChain(header: Record<string, unknown>): Certificate[] {
  const x5c = header[UNPROTECTED_HEADER.x5c];
  if (!Array.isArray(x5c) || x5c.length === 0) throw chainError("x5c is missing or empty");
  if (x5c.length > CERTIFICATES_MAX) throw chainError(`x5c has more than ${CERTIFICATES_MAX} certificates`);
  return x5c.map((entry: unknown) => {
    if (typeof entry !== "string" || entry === "" || !BASE64.test(entry))
      throw chainError("x5c has an entry that is not base64");
    return parseCertificate(Buffer.from(entry, "base64"));
  });
}

/** signature-envelope-jws.md § Unprotected Headers. Others are ignored: nobody signed them. */
function readUnsignedAttributes(header: Record<string, unknown>): UnsignedAttributes {
  const token = header[UNPROTECTED_HEADER.timestampSignature];
  const agent = header[UNPROTECTED_HEADER.signingAgent];
  if (token !== undefined && (typeof token !== "string" || !BASE64.test(token)))
    throw malformed("its time stamp is not base64");
  if (agent !== undefined && typeof agent !== "string") throw malformed("its signing agent is not a string");
  return {
    ...(token && { timestampSignature: Buffer.from(token, "base64") }),
    ...(agent !== undefined && { signingAgent: agent }),
  };
}

/** Strict base64url (RFC 7515 § 2): one text for one value, so that no bit of what was signed can vary. */
function decoded(text: string, member: string): Buffer {
  const bytes = Buffer.from(text, "base64url");
  if (!BASE64URL.test(text) || bytes.toString("base64url") !== text) throw malformed(`${member} is not base64url`);
  return bytes;
}

function malformed(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_MALFORMED", `the JWS envelope is malformed: ${what}; sign again`);
}

function chainError(what: string): EnvelopeError {
  return new EnvelopeError(
    "ENVELOPE_CERTIFICATE_CHAIN_INVALID",
    `the envelope's certificate chain is not usable: ${what}; sign again`,
  );
}
