import { encode } from "cbor2";
import { type CborItem, MAJOR, readCbor } from "./cbor";
import { type CoseHeader, readCoseHeader, requireOneIv } from "./coseHeader";
import { EnvelopeError } from "./error";

/** COSE_Sign1 (RFC 9052 § 4.2), the form of signature-envelope-cose.md § Signature Envelope. */
export interface CoseSign1 {
  /** The serialised map, as signed. */
  protectedBytes: Buffer;
  protectedHeader: CoseHeader;
  unprotectedHeader: CoseHeader;
  payload: Buffer;
  signature: Buffer;
}

/** The tag 18 and the head of an array of four, in the one form that go-cose takes. */
const PREFIX = Buffer.from([0xd2, 0x84]);

/**
 * The parts of a tagged COSE_Sign1 message, as go-cose Sign1Message.UnmarshalCBOR takes it apart; its payload is in it
 * and its signature not empty.
 * @throws EnvelopeError ENVELOPE_MALFORMED
 */
export function readCoseSign1(message: Buffer): CoseSign1 {
  if (!message.subarray(0, 2).equals(PREFIX)) throw malformed("it is no array of four with the tag 18");
  const { items } = readCbor(message.subarray(1), "forbidden");
  const [protectedItem, unprotectedItem, payload, signature] = items;
  const protectedBytes = bytesOf(protectedItem, "protected header");
  if (!unprotectedItem) throw malformed("it has no unprotected header");
  const signatureBytes = bytesOf(signature, "signature");
  if (signatureBytes.length === 0) throw malformed("its signature is empty");
  // An empty byte string stands for an empty map; one that holds an empty map is as good.
  const protectedHeader: CoseHeader =
    protectedBytes.length === 0 ? new Map() : readCoseHeader(readProtectedMap(protectedBytes), "protected");
  const unprotectedHeader = readCoseHeader(unprotectedItem, "unprotected");
  requireOneIv(protectedHeader, unprotectedHeader);
  return {
    protectedBytes,
    protectedHeader,
    unprotectedHeader,
    payload: bytesOf(payload, "payload"),
    signature: signatureBytes,
  };
}

/** Sig_structure (RFC 9052 § 4.4), of the bytes of the protected header that are in the envelope. */
export function toBeSigned({ protectedBytes, payload }: Pick<CoseSign1, "protectedBytes" | "payload">): Buffer {
  return Buffer.from(encode(["Signature1", plain(protectedBytes), new Uint8Array(0), plain(payload)]));
}

/** cbor2 knows byte strings by their constructor, and a Buffer's is another one. */
export function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Not even the tag of self-described CBOR may precede the map. */
function readProtectedMap(bytes: Buffer): CborItem {
  const map = readCbor(bytes, "allowed");
  if (map.raw.length !== bytes.length) throw malformed("its protected header is no map");
  return map;
}

function bytesOf(item: CborItem | undefined, what: string): Buffer {
  if (item?.major === MAJOR.bytes) return item.content;
  throw malformed(`its ${what} is no byte string`);
}

function malformed(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_MALFORMED", `the COSE envelope is malformed: ${what}; sign again`);
}
