/** Identifier octets (X.690 § 8.1.2) of what certificates, revocation data and time stamps are made of. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  /** `[number]` of a primitive type, implicitly tagged. */
  implicit: (number: number) => 0x80 | number,
  /** `[number]` around an element, or of a constructed type, implicitly tagged. */
  explicit: (number: number) => 0xa0 | number,
} as const;
