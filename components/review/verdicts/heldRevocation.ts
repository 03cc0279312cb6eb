import type { RevocationSource } from "../../notary/revocation/revocationSource";

/** Of so many addresses at most. */
const MAX_FAILURES = 10_000;

/**
 * A revocation source for thousands of verdicts: what did not answer once is not asked again, so that a responder that is down
 * costs one time-out and not one for every image. Answers are kept by the source itself.
 */
export function heldRevocation(source: RevocationSource): RevocationSource {
  const failures = new Map<string, unknown>();
  const once = async (key: string, ask: () => Promise<Buffer>): Promise<Buffer> => {
    if (failures.has(key)) throw failures.get(key);
    try {
      return await ask();
    } catch (error) {
      if (failures.size < MAX_FAILURES) failures.set(key, error);
      throw error;
    }
  };
  return {
    askOcsp: (url, request, fresh = false) =>
      once(`ocsp ${fresh} ${request.toString("base64")} ${url}`, () => source.askOcsp(url, request, fresh)),
    fetchCrl: (url, fresh = false) => once(`crl ${fresh} ${url}`, () => source.fetchCrl(url, fresh)),
  };
}
