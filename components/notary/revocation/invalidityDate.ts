import type { Extension } from "../certificates/extension";
import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { ENCODING_ASN1, readDate } from "../der/time";
import { readingData } from "./error";

/** RFC 5280 § 5.3.2. @throws RevocationError REVOCATION_DATA_MALFORMED */
export function invalidityDate({ value }: Extension): Date {
  return readingData(() => {
    const der = new DerReader(value);
    const date = readDate(der, ENCODING_ASN1);
    return der.isEmpty ? date : malformed("data follow an invalidity date");
  });
}
