import { inPool } from "../../components/concurrency/inPool";
import { openRepository, type PinnedImage, referenceOf } from "../../components/image/pinnedImage";
import { realPorts } from "../../components/image/ports";
import { attachSignature } from "../../components/image/signature";
import { evaluate } from "../../components/image/verdict";
import { localSigner } from "../../components/notary/signing/localSigner";
import { compileTrust } from "../../components/notary/trust/declaration";
import type { Place } from "./place";
import { ownProcessorMs } from "./processorTime";
import { timed } from "./statistics";

export interface OursResult {
  readonly perSecond: number;
  /** HTTP requests an image, as the client counts them. */
  readonly requests: number;
  /** Of this process, an image; milliseconds. */
  readonly processorMs: number;
}

/** In this process, by the functions that SignedImage and VerifiedImage call. */
export class Ours {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  sign(images: readonly PinnedImage[], concurrency: number): Promise<OursResult> {
    const { identity } = this.#place;
    const { certificate, privateKey } = identity;
    const trust = compileTrust(this.#place.trust);
    const shared = localSigner({ privateKey, certificateChain: certificate }); // one identity for the whole fleet
    const signer = async () => shared;
    return measured(images, concurrency, (image) =>
      attachSignature({ image, trust, certificate, signer }, undefined, realPorts),
    );
  }

  verify(images: readonly PinnedImage[], concurrency: number): Promise<OursResult> {
    return measured(images, concurrency, async (image) => {
      const { refusal } = await evaluate({ image, trust: this.#place.trust }, realPorts);
      if (refusal !== undefined) throw new Error(`${referenceOf(image)} is not verified: ${refusal.why}`);
    });
  }
}

async function measured(
  images: readonly PinnedImage[],
  concurrency: number,
  work: (image: PinnedImage) => Promise<unknown>,
): Promise<OursResult> {
  const [first] = images;
  if (first === undefined) throw new Error("no image to measure with");
  const repository = openRepository(first);
  const [requests, processor] = [repository.requests, ownProcessorMs()];
  const ms = await timed(() => inPool(images, concurrency, work));
  return {
    perSecond: images.length / (ms / 1000),
    requests: (repository.requests - requests) / images.length,
    processorMs: (ownProcessorMs() - processor) / images.length,
  };
}
