// @peculiar/x509 cannot be loaded before the polyfill.
import "reflect-metadata";

/** Bits of keyUsage and object identifiers of extendedKeyUsage: RFC 5280 § 4.2.1.3, § 4.2.1.12. */
export { ExtendedKeyUsage, KeyUsageFlags } from "@peculiar/x509";
