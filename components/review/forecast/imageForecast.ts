import type { RevocationSource } from "../../notary/revocation/revocationSource";
import type { SignatureRepository } from "../../notary/signatureRepository";
import type { Trust } from "../../notary/trust/declaration";
import type { ArtifactVerdict } from "../../notary/verification/verdict";
import { verifyArtifact } from "../../notary/verification/verifyArtifact";
import type { InventoryImage } from "../inventory/inventory";
import { after, momentsOf, type OpenedSignature, openSignatures } from "./openedSignatures";
import type { ConsultedCrls, TodaysRevocation } from "./todaysRevocation";

/** A time at which an image that was verified until then is refused. */
export interface Refusal {
  readonly instant: Date;
  readonly verdict: ArtifactVerdict;
  /** The last verdict before it. */
  readonly before: ArtifactVerdict;
  /** The core verifies the image then if each CRL is as current as today's is today. */
  readonly unlessRenewed: boolean;
}

export interface ImageForecast {
  /** At the first of the times. */
  readonly first: ArtifactVerdict;
  /** None, or one; two where a CRL ends before something that nobody renews. */
  readonly refusals: readonly Refusal[];
  readonly signatures: readonly OpenedSignature[];
  readonly crls: ConsultedCrls;
}

export interface ImageForecastArgs {
  readonly image: InventoryImage;
  readonly signatures: SignatureRepository;
  readonly trust: Trust;
  readonly at: Date;
  readonly until: Date;
  readonly revocation: TodaysRevocation;
}

/**
 * When an image that is verified is refused for the first time: by the core's verdict at each moment at which something of
 * it begins or ends, soonest first. Between two of them no verdict changes: what the core compares with its clock is a time of a
 * signature, or of a CRL that it has looked at.
 * Throws what the repository throws.
 */
export async function forecastImage(args: ImageForecastArgs): Promise<ImageForecast> {
  const { image, signatures, trust, at, revocation } = args;
  const { asIs, renewed, crls } = revocation.forImage();
  const verdictAt = (source: RevocationSource) => (instant: Date) =>
    verifyArtifact({
      artifact: image.descriptor,
      scope: image.scope,
      trust,
      signatures,
      clock: () => instant,
      revocation: source,
    });
  const first = await verdictAt(asIs)(at);
  if (first.verdict !== "verified") return { first, refusals: [], signatures: [], crls };
  const opened = await openSignatures(signatures, image.descriptor);
  const moments = momentsOf(opened);
  const withCrls = () => [...moments, ...[...crls.values()].map(({ nextUpdate }) => after(nextUpdate))];
  const found = (refusals: readonly Refusal[]) => ({ first, refusals, signatures: opened, crls });

  const refused = await firstRefusal({ instant: at, verdict: first }, args.until, withCrls, verdictAt(asIs));
  if (refused === undefined) return found([]);
  const ifRenewed = await verdictAt(renewed)(refused.instant);
  if (ifRenewed.verdict !== "verified") return found([{ ...refused, verdict: ifRenewed, unlessRenewed: false }]);
  const goingOn = { instant: refused.instant, verdict: ifRenewed };
  const later = await firstRefusal(goingOn, args.until, () => moments, verdictAt(renewed));
  return found([{ ...refused, unlessRenewed: true }, ...(later ? [{ ...later, unlessRenewed: false }] : [])]);
}

/** @param moments asked anew after each verdict, which may have looked at more CRLs */
async function firstRefusal(
  from: { readonly instant: Date; readonly verdict: ArtifactVerdict },
  until: Date,
  moments: () => readonly number[],
  verdictAt: (instant: Date) => Promise<ArtifactVerdict>,
): Promise<Omit<Refusal, "unlessRenewed"> | undefined> {
  let { instant, verdict: before } = from;
  for (;;) {
    const next = moments().reduce(
      (soonest, moment) => (moment > instant.getTime() && moment < soonest ? moment : soonest),
      Number.POSITIVE_INFINITY,
    );
    if (next > until.getTime()) return undefined;
    instant = new Date(next);
    const verdict = await verdictAt(instant);
    if (verdict.verdict !== "verified") return { instant, verdict, before };
    before = verdict;
  }
}
