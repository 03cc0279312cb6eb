import type { Descriptor } from "../notary/descriptor";
import { JsonError } from "../notary/json/error";
import { CONTENT_DEFECTS, type PackedSignature, type SignatureRepository } from "../notary/signatureRepository";
import { SigningError } from "../notary/signing/error";
import { fetchSignature } from "../notary/signing/fetchSignature";
import { OciError } from "../oci/error";
import { OciSignatureRepository } from "../oci/signatureRepository";
import { type KeptSignature, keep, unpack } from "./keptSignature";
import { descriptorOf, openRepository, type PinnedImage } from "./pinnedImage";
import type { Ports } from "./ports";
import { contentOf, isOwn, makeSignature, refusalOf, type Signing } from "./signing";

/** What an earlier run left. */
export interface Earlier {
  readonly signature: KeptSignature;
  /** True when it was made under a declaration whose change the envelope does not show: it is not used any more. */
  readonly outdated?: boolean;
}

/** notation looks at no more unless it is told to, so that a signature behind them is as good as none. */
const SIGNATURES_MAX = 100;

/**
 * Sees to it that the image has a signature of this identity, as it is declared, which the trust accepts, and one only: the
 * earlier one, else one that the registry has, else a new one. Nothing that the trust refuses is pushed; what is pushed, the
 * registry acknowledges by digest, and the referrers index is read back.
 */
export async function attachSignature(
  signing: Signing,
  earlier: Earlier | undefined,
  ports: Ports,
): Promise<KeptSignature> {
  const { image } = signing;
  const signatures = new OciSignatureRepository(openRepository(image));
  const isUsable = async (signature: PackedSignature) =>
    (await isOwn(signature, signing)) && (await refusalOf(signature, signing, ports)) === undefined;

  const listed = await signatures.listSignatures(descriptorOf(image));
  const old = earlier && !earlier.outdated ? unpack(earlier.signature, image) : undefined;
  if (old !== undefined && (await isUsable(old))) {
    const descriptor = listed.find(({ digest }) => digest === old.digest);
    const there = descriptor && (await fetchIfReadable(signatures, descriptor));
    if (there === undefined) await signatures.pushSignature(old);
    return keep(old);
  }

  const others = listed.filter(({ digest }) => digest !== earlier?.signature.digest).slice(0, SIGNATURES_MAX);
  for (const signature of await fetchAll(signatures, others, image)) {
    if (await isUsable(signature)) return keep(signature);
  }
  const signature = await makeSignature(signing, ports);
  await signatures.pushSignature(signature);
  return keep(signature);
}

/** True when the registry lists this very signature and has all of it. */
export async function isAttached(image: PinnedImage, kept: KeptSignature): Promise<boolean> {
  const signatures = new OciSignatureRepository(openRepository(image));
  const listed = await signatures.listSignatures(descriptorOf(image));
  const descriptor = listed.find(({ digest }) => digest === kept.digest);
  if (descriptor === undefined) return false;
  const fetched = await fetchIfReadable(signatures, descriptor);
  return fetched?.envelope.toString("base64") === kept.envelope;
}

/**
 * Why a signature is to be renewed though its declaration is the same, in words: it expired, and the trust does not accept
 * expired ones. Empty when it is not.
 */
export async function whyRenewed(signing: Signing, kept: KeptSignature, ports: Ports): Promise<string> {
  const signature = unpack(kept, signing.image);
  const expiry = (await contentOf(signature))?.signedAttributes.expiry;
  if (expiry === undefined || ports.clock() < expiry) return "";
  const refusal = await refusalOf(signature, signing, ports);
  return refusal ? `signature ${kept.digest} expired at ${expiry.toISOString()}` : "";
}

async function fetchAll(
  signatures: SignatureRepository,
  descriptors: readonly Descriptor[],
  image: PinnedImage,
): Promise<PackedSignature[]> {
  const subject = descriptorOf(image);
  const fetched = await Promise.all(
    descriptors.map(async (descriptor) => {
      const signature = await fetchIfReadable(signatures, descriptor);
      return signature && { ...signature, digest: descriptor.digest, subject };
    }),
  );
  return fetched.filter((signature) => signature !== undefined);
}

/**
 * Undefined for an entry of the list without a signature behind it that can be read: somebody deleted it and left the list
 * as it was, or put there what is none. Others must not be able to keep an image from being signed.
 */
async function fetchIfReadable(signatures: SignatureRepository, descriptor: Descriptor) {
  try {
    return await fetchSignature(signatures, descriptor);
  } catch (error) {
    if (isContentDefect(error)) return undefined;
    throw error;
  }
}

/** What else is thrown says nothing of the signature: the registry does not answer, or denies. */
function isContentDefect(error: unknown): boolean {
  if (error instanceof SigningError || error instanceof JsonError) return true;
  return error instanceof OciError && CONTENT_DEFECTS.some((code) => code === error.code);
}
