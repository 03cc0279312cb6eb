import "reflect-metadata";
import { CERTIFICATES } from "./corpusCertificates";
import { ENVELOPES } from "./corpusEnvelopes";
import { REGISTRY } from "./corpusRegistry";
import { TIMESTAMPS } from "./corpusTimestamps";

/** Valid inputs of a parser: what is near them gets past the first check. Each is accepted as it is. */
export interface Corpus {
  valid: Buffer[];
  /** What the target needs beside the input, such as a trusted root. */
  context?: Record<string, Buffer>;
}

/** By target of targets.mjs. */
export const CORPORA: Record<string, () => Promise<Corpus>> = {
  ...ENVELOPES,
  ...CERTIFICATES,
  ...TIMESTAMPS,
  ...REGISTRY,
};
