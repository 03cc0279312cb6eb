/**
 * The present, as an argument: the core never reads the machine's clock by itself. It decides expiry and validity
 * (trust-store-trust-policy.md § Signature Verification > Steps).
 */
export type Clock = () => Date;
