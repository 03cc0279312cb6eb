import type { Certificate } from "../../notary/certificates/certificate";
import type { Descriptor } from "../../notary/descriptor";
import type { EnvelopeContent } from "../../notary/envelope/content";
import { openEnvelope } from "../../notary/envelope/open";
import { expiryInstant } from "../../notary/envelope/signedTimes";
import type { SignatureRepository } from "../../notary/signatureRepository";
import { fetchSignature } from "../../notary/signing/fetchSignature";
import { parseToken } from "../../notary/timestamp/verifyToken";

/** A signature with integrity, as far as it says when it ends. */
export interface OpenedSignature {
  /** Of its manifest. */
  readonly digest: string;
  readonly content: EnvelopeContent;
  /** What came with its time stamp; nothing of it is trusted yet. */
  readonly tsa: readonly Certificate[];
}

/** As many as the core evaluates. */
const MAX_SIGNATURES = 100;

/** The signatures of an image that can be opened; the others fail at any time. Throws what `listSignatures` throws. */
export async function openSignatures(signatures: SignatureRepository, image: Descriptor): Promise<OpenedSignature[]> {
  const opened: OpenedSignature[] = [];
  for (const manifest of (await signatures.listSignatures(image)).slice(0, MAX_SIGNATURES)) {
    const signature = await openSignature(signatures, manifest);
    if (signature) opened.push(signature);
  }
  return opened;
}

/** Where the registry did not answer, the core's verdict says so as soon as this signature counts. */
async function openSignature(
  signatures: SignatureRepository,
  manifest: Descriptor,
): Promise<OpenedSignature | undefined> {
  try {
    const { envelope, envelopeMediaType } = await fetchSignature(signatures, manifest);
    const content = await openEnvelope(envelope, envelopeMediaType);
    return { digest: manifest.digest, content, tsa: tsaCertificates(content) };
  } catch {
    return undefined;
  }
}

function tsaCertificates({ unsignedAttributes }: EnvelopeContent): readonly Certificate[] {
  const { timestampSignature: token } = unsignedAttributes;
  try {
    return token === undefined ? [] : parseToken(token).signedData.certificates;
  } catch {
    return [];
  }
}

/** The first moment at which something that was valid until `date`, and at it, is not valid any more. */
export function after(date: Date): number {
  return date.getTime() + 1;
}

/**
 * When a verdict may change by what the signatures themselves say, in ms: each of them is the first moment of something new.
 * What CRLs say is known only once they were fetched.
 */
export function momentsOf(signatures: readonly OpenedSignature[]): number[] {
  const moments = signatures.flatMap(({ content, tsa }) => [
    ...[...content.certificateChain, ...tsa].flatMap(({ notBefore, notAfter }) => [
      notBefore.getTime(),
      after(notAfter),
    ]),
    ...expiryOf(content),
  ]);
  return [...new Set(moments)];
}

/** Expired from the very instant on, which is finer than a clock's millisecond. */
function expiryOf({ signedAttributes }: EnvelopeContent): number[] {
  const instant = expiryInstant(signedAttributes);
  return instant === undefined ? [] : [Number((instant + 999_999n) / 1_000_000n)];
}
