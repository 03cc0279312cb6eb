import { parseCertificateList } from "../../notary/revocation/certificateList";
import type { RevocationSource } from "../../notary/revocation/revocationSource";

/** A CRL that a verdict has looked at. */
export interface ConsultedCrl {
  readonly url: string;
  readonly nextUpdate: Date;
  /** DER of its issuer's name. */
  readonly issuerDer: Buffer;
}

/** Of so many addresses at most; from there on nothing is asked past the caches. */
const MAX_REFRESHED = 10_000;

/**
 * What is known of revocation today, for verdicts at times to come. An OCSP answer lasts hours and is asked for afresh at each
 * verdict: today's stands for the one that will be given then, so that its age is no failure. A CRL is a file with an end, which
 * may be renewed or not: both are judged.
 */
export class TodaysRevocation {
  readonly #source: RevocationSource;
  readonly #today: Date;
  readonly #refreshed = new Set<string>();

  /** @param today when it is asked, which may be before or after the times that are judged */
  constructor(source: RevocationSource, today: Date) {
    this.#source = source;
    this.#today = today;
  }

  /** What one image's verdicts ask: each CRL that they look at is in `crls`, by its address. */
  forImage(): { readonly asIs: RevocationSource; readonly renewed: RevocationSource; readonly crls: ConsultedCrls } {
    const crls: ConsultedCrls = new Map();
    const today = this.#today;
    return {
      crls,
      asIs: { ...this.#asking(crls), asOf: { ocsp: today } },
      renewed: { ...this.#asking(crls), asOf: { ocsp: today, crl: today } },
    };
  }

  #asking(crls: ConsultedCrls): Pick<RevocationSource, "askOcsp" | "fetchCrl"> {
    return {
      askOcsp: (url, request, fresh = false) =>
        this.#source.askOcsp(url, request, fresh && this.#isFirst(`${request.toString("base64")} ${url}`)),
      fetchCrl: async (url, fresh = false) => {
        const crl = await this.#source.fetchCrl(url, fresh && this.#isFirst(url));
        const consulted = consultedOf(url, crl);
        if (consulted) crls.set(url, consulted);
        return crl;
      },
    };
  }

  /** The core asks anew what does not hold: at a time to come nothing newer is to be had than at the one before. */
  #isFirst(key: string): boolean {
    if (this.#refreshed.has(key) || this.#refreshed.size >= MAX_REFRESHED) return false;
    this.#refreshed.add(key);
    return true;
  }
}

export type ConsultedCrls = Map<string, ConsultedCrl>;

/** Undefined for what is none, or does not say when it ends: the core refuses it at any time. */
function consultedOf(url: string, crl: Buffer): ConsultedCrl | undefined {
  try {
    const { nextUpdate, issuerDer } = parseCertificateList(crl);
    return nextUpdate && { url, nextUpdate, issuerDer: Buffer.from(issuerDer) };
  } catch {
    return undefined;
  }
}
