import { flattenedVerify } from "jose";
import type { Certificate } from "../certificates/certificate";
import { isJsonObject, isSameName, parseStrictJson, requireExactNames } from "../json/strictJson";
import { quoted } from "../quoted";
import { fromBase64, fromBase64Url } from "./base64";
import { chainError, parseCertificateChain } from "./certificateChain";
import type { EnvelopeContent, UnsignedAttributes } from "./content";
import { EnvelopeError } from "./error";
import { UNPROTECTED_HEADER } from "./header";
import { requireDerivedAlgorithm, signatureInvalid } from "./primitiveSignature";
import { type ProtectedHeader, parseProtectedHeader } from "./protectedHeader";

/** signature-envelope-jws.md § Signature Envelope: a flattened JWS with these four members and no other. */
interface FlattenedJws {
  payload: string;
  protected: string;
  header: Record<string, unknown>;
  signature: string;
}

/**
 * Parses a JWS envelope and verifies its signature with the key of its own leaf certificate; the chain's rules and
 * all questions of trust come later. Stricter in form than notation-core-go, which ignores further members, line breaks
 * and stray bits in base64, and the case of names.
 * @throws EnvelopeError, JsonError, CertificateError
 */
export async function openJws(envelope: Buffer): Promise<EnvelopeContent> {
  const jws = parseFlattenedJws(envelope);
  const header = parseProtectedHeader(decoded(jws.protected, "protected"));
  const [leaf, ...issuers] = parseCertificateChain(readCertificateChain(jws.header));
  const content = decoded(jws.payload, "payload");
  const signature = decoded(jws.signature, "signature");
  requireDerivedAlgorithm(leaf, header.algorithm);
  await requireSignature(jws, header, leaf);
  requireClaims(content);
  return {
    payload: { contentType: header.contentType, content },
    signedAttributes: header.signedAttributes,
    unsignedAttributes: readUnsignedAttributes(jws.header),
    signatureAlgorithm: header.algorithm,
    certificateChain: [leaf, ...issuers],
    signature,
  };
}

function parseFlattenedJws(envelope: Buffer): FlattenedJws {
  const value = parseStrictJson(envelope);
  if (!isJsonObject(value)) throw malformed("it is not a JSON object");
  const { payload, protected: protectedHeader, header, signature, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw malformed(`it has the member ${quoted(other)} beside payload, protected, header and signature`);
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
  // Not the signing agent: nothing is decided by it, and notation's early versions wrote it in another case.
  requireExactNames(header, [UNPROTECTED_HEADER.x5c, UNPROTECTED_HEADER.timestampSignature]);
  return { payload, protected: protectedHeader, header, signature };
}

/**
 * RFC 7515 § 5.2, by a JOSE library: the algorithm is the one that the leaf's key decides, and the critical headers are
 * declared known, as this folder judges them. The unprotected header is not passed: nothing in it may steer the
 * verification. notation-core-go takes RSASSA-PSS with a salt of any length and keys from 2041 bits on; jose the
 * hash's length, as RFC 7518 § 3.5 demands, and 2048 bits.
 */
async function requireSignature(jws: FlattenedJws, header: ProtectedHeader, leaf: Certificate): Promise<void> {
  const { payload, protected: protectedHeader, signature } = jws;
  const options = {
    algorithms: [header.algorithm],
    crit: Object.fromEntries(header.critical.map((name) => [name, true])),
  };
  try {
    await flattenedVerify({ payload, protected: protectedHeader, signature }, leaf.publicKey, options);
  } catch (error) {
    throw signatureInvalid(error);
  }
}

/** The payload of a JWS must be JSON; `null` is let pass here by notation-core-go, and names no artifact later. */
function requireClaims(payload: Buffer): void {
  const claims = parseStrictJson(payload);
  if (claims === null || isJsonObject(claims)) return;
  throw new EnvelopeError(
    "ENVELOPE_PAYLOAD_MALFORMED",
    "the signature's payload is malformed: it is not a JSON object; sign again",
  );
}

function readCertificateChain(header: Record<string, unknown>): Buffer[] {
  const x5c = header[UNPROTECTED_HEADER.x5c];
  if (!Array.isArray(x5c)) throw chainError("x5c is missing");
  return x5c.map((entry: unknown) => {
    const der = typeof entry === "string" && entry !== "" ? fromBase64(entry) : undefined;
    if (!der) throw chainError("x5c has an entry that is not base64");
    return der;
  });
}

/**
 * signature-envelope-jws.md § Unprotected Headers. Others are ignored: nobody signed them. A signing agent that is no
 * text, in whatever case its name is written, fails as in notation-core-go, whose decoder gives up on it; by
 * signature-specification.md § Unsigned Attributes nothing would be decided by it.
 */
function readUnsignedAttributes(header: Record<string, unknown>): UnsignedAttributes {
  const agents = Object.entries(header).filter(([name]) => isSameName(name, UNPROTECTED_HEADER.signingAgent));
  if (agents.some(([, agent]) => typeof agent !== "string" && agent !== null))
    throw malformed("its signing agent is not a string");
  const agent = header[UNPROTECTED_HEADER.signingAgent];
  const token = readTimestampSignature(header[UNPROTECTED_HEADER.timestampSignature] ?? "");
  return {
    ...(token.length > 0 && { timestampSignature: token }),
    ...(typeof agent === "string" && { signingAgent: agent }),
  };
}

function readTimestampSignature(value: unknown): Buffer {
  const token = typeof value === "string" ? fromBase64(value) : undefined;
  if (!token) throw malformed("its time stamp is not base64");
  return token;
}

function decoded(text: string, member: string): Buffer {
  const bytes = fromBase64Url(text);
  if (!bytes) throw malformed(`${member} is not base64url`);
  return bytes;
}

function malformed(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_MALFORMED", `the JWS envelope is malformed: ${what}; sign again`);
}
