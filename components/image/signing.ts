import { parseCertificatesPem } from "../notary/certificates/pem";
import type { EnvelopeContent } from "../notary/envelope/content";
import { openEnvelope } from "../notary/envelope/open";
import { parsePayload } from "../notary/payload";
import type { PackedSignature } from "../notary/signatureRepository";
import { packSignature } from "../notary/signing/manifest";
import { signArtifact } from "../notary/signing/signArtifact";
import type { Signer } from "../notary/signing/signer";
import type { Trust } from "../notary/trust/declaration";
import { verifyEnvelope } from "../notary/verification/verifyArtifact";
import type { Weaker } from "./acceptWeaker";
import { secondsOf } from "./duration";
import { ImageError } from "./error";
import { descriptorOf, type PinnedImage, scopeOf } from "./pinnedImage";
import type { Ports } from "./ports";
import { isAsDeclared, rootsOf, type SignatureOptions } from "./signatureOptions";
import { judge, type Refusal } from "./verdict";

export interface Signing extends SignatureOptions {
  readonly image: PinnedImage;
  /** What a signature must pass before it is pushed. */
  readonly trust: Trust;
  readonly acceptWeaker?: readonly Weaker[];
  /** The signing identity's chain, PEM, leaf first. */
  readonly certificate: string;
  /** Of that chain; asked for only when something is signed. */
  readonly signer: () => Promise<Signer>;
}

/**
 * A new signature, judged in memory as a gate would from the registry.
 * @throws ImageError SIGNATURE_REFUSED when the declared trust would not let the image through with it; SigningError,
 * CertificateError, TimestampError
 */
export async function makeSignature(signing: Signing, ports: Ports): Promise<PackedSignature> {
  const { image, format = "jws", expiry, userMetadata, timestamp } = signing;
  const signer = await signing.signer();
  const subject = descriptorOf(image);
  const { envelope, envelopeMediaType, signingTime } = await signArtifact({
    descriptor: subject,
    signer,
    format,
    clock: ports.clock,
    ...(expiry !== undefined && { expirySeconds: secondsOf(expiry) }),
    ...(userMetadata && { userMetadata }),
    ...(timestamp && {
      timestamping: {
        server: ports.timestampServer(timestamp.url),
        roots: rootsOf(timestamp),
        revocation: ports.revocation,
      },
    }),
  });
  const { certificateChain } = signer;
  const signature = packSignature({ envelope, envelopeMediaType, subject, certificateChain, created: signingTime });
  const refusal = await refusalOf(signature, signing, ports);
  if (refusal === undefined) return signature;
  throw new ImageError(
    "SIGNATURE_REFUSED",
    `with the new signature, ${refusal.why}. It was not pushed: mend the trust or the identity`,
  );
}

/** Why the image would not be let through with this signature alone; undefined when it would. */
export async function refusalOf(
  { envelope, envelopeMediaType }: PackedSignature,
  signing: Pick<Signing, "image" | "trust" | "acceptWeaker">,
  { clock, revocation }: Ports,
): Promise<Refusal | undefined> {
  const verdict = await verifyEnvelope({
    envelope,
    envelopeMediaType,
    artifact: descriptorOf(signing.image),
    scope: scopeOf(signing.image),
    trust: signing.trust,
    clock,
    revocation,
  });
  return judge(signing, verdict).refusal;
}

/** Whether a signature is one of this image by this identity, and says what is declared now; trust is another question. */
export async function isOwn(signature: PackedSignature, signing: Signing): Promise<boolean> {
  const { envelopeMediaType } = signature;
  const content = await contentOf(signature);
  const [leaf] = parseCertificatesPem(signing.certificate);
  return (
    content !== undefined &&
    content.certificateChain[0]?.thumbprint === leaf?.thumbprint &&
    parsePayload(content.payload.content).digest === signing.image.digest &&
    isAsDeclared(content, envelopeMediaType, signing)
  );
}

/** Undefined for an envelope without integrity, or whose payload names nothing: others put into the registry what they like. */
export async function contentOf({
  envelope,
  envelopeMediaType,
}: Pick<PackedSignature, "envelope" | "envelopeMediaType">): Promise<EnvelopeContent | undefined> {
  try {
    const content = await openEnvelope(envelope, envelopeMediaType);
    parsePayload(content.payload.content);
    return content;
  } catch {
    return undefined;
  }
}
