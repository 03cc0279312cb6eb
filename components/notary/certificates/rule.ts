import type { Certificate } from "./certificate";
import type { CertificateErrorCode } from "./error";

/** What a chain is for: its leaf signs artifacts, or time stamps. */
export type ChainPurpose = "codeSigning" | "timestamping";

/** A certificate where it stands. */
export interface Place {
  /** From the leaf to the root. */
  readonly chain: readonly Certificate[];
  /** 0 is the leaf. */
  readonly position: number;
  readonly certificate: Certificate;
  /** When given, certificates must be valid then. */
  readonly time: Date | undefined;
}

/** One rule of signature-specification.md § Certificate Requirements. */
export interface Rule {
  readonly code: CertificateErrorCode;
  /** Heading of the specification. */
  readonly section: "Leaf Certificates" | "Root and Intermediate CA Certificates" | "Other requirements";
  /** Only with `false`: the specification's alone, notation-core-go lets it pass. */
  readonly enforced?: false;
  /** What is wrong, and the way out, to follow the certificate's name in a sentence; undefined if nothing is. */
  broken(place: Place): string | undefined;
}
