/**
 * An element in DER (X.690 § 10.1) with this identifier octet. For what is signed but does not stand in one piece
 * (RFC 5652 § 5.4: a time stamp's signed attributes) and for what Go prints of a name.
 */
export function encodeDer(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), encodeLength(body.length), body]);
}

/** In the shortest form. */
export function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets]);
}
