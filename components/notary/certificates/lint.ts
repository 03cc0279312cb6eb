import { CA_RULES } from "./caRules";
import type { Certificate } from "./certificate";
import type { CertificateErrorCode } from "./error";
import { issuanceRules } from "./issuanceRules";
import { LEAF_RULES } from "./leafRules";
import type { ChainPurpose, Rule } from "./rule";

export type { ChainPurpose } from "./rule";

import { quoted } from "../quoted";

/** A rule that a chain breaks. */
export interface ChainViolation {
  readonly code: CertificateErrorCode;
  /** Subject of the certificate; empty for an empty chain. */
  readonly certificate: string;
  /** 0 is the leaf. */
  readonly position: number;
  /** What is wrong, and the way out. */
  readonly message: string;
  /** As in "signature-specification.md § Leaf Certificates". */
  readonly section: string;
  /** Whether it makes signatures fail; with `false` only the specification asks for it, and notation lets it pass. */
  readonly enforced: boolean;
}

/**
 * Every rule of signature-specification.md § Certificate Requirements that a chain breaks, in the order in which
 * notation-core-go checks them; none when the chain may be used. It says nothing about trust.
 * @param chain from the leaf to the root
 * @param at when given, every certificate must be valid then
 */
export function lintChain(chain: readonly Certificate[], purpose: ChainPurpose, at?: Date): ChainViolation[] {
  return [...violations(chain, purpose, at)];
}

/** The first one that makes signatures fail. */
export function firstEnforcedViolation(
  chain: readonly Certificate[],
  purpose: ChainPurpose,
  at?: Date,
): ChainViolation | undefined {
  for (const violation of violations(chain, purpose, at)) if (violation.enforced) return violation;
  return undefined;
}

function* violations(chain: readonly Certificate[], purpose: ChainPurpose, time?: Date): Generator<ChainViolation> {
  if (chain.length === 0) yield EMPTY;
  for (const [position, certificate] of chain.entries()) {
    const place = { chain, position, certificate, time };
    const ofPosition = position === 0 ? LEAF_RULES[purpose] : CA_RULES[purpose];
    for (const rules of [issuanceRules(place), ofPosition])
      for (const rule of rules) {
        const what = rule.broken(place);
        if (what !== undefined) yield violation(rule, certificate.subject, position, what);
      }
  }
}

function violation(rule: Rule, subject: string, position: number, what: string): ChainViolation {
  return {
    code: rule.code,
    certificate: subject,
    position,
    message: `the certificate ${quoted(subject)} ${what}`,
    section: `signature-specification.md § ${rule.section}`,
    enforced: rule.enforced ?? true,
  };
}

const EMPTY: ChainViolation = {
  code: "CERTIFICATE_CHAIN_EMPTY",
  certificate: "",
  position: 0,
  message: "the certificate chain is empty: give the leaf, its issuers and the root",
  section: "signature-specification.md § Other requirements",
  enforced: true,
};
