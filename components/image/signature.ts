import { parseCertificatesPem } from "../notary/certificates/pem";
import type { Descriptor } from "../notary/descriptor";
import type { PackedSignature, SignatureRepository } from "../notary/signatureRepository";
import { localSigner } from "../notary/signing/localSigner";
import { packSignature } from "../notary/signing/manifest";
import { signArtifact } from "../notary/signing/signArtifact";
import { compileTrust, type Trust, type TrustDeclaration } from "../notary/trust/declaration";
import { verifyEnvelope } from "../notary/verification/verifyArtifact";
import { OciError, type OciErrorCode } from "../oci/error";
import { OciSignatureRepository } from "../oci/signatureRepository";
import { ImageError } from "./error";
import { descriptorOf, openRepository, type PinnedImage, referenceOf, scopeOf } from "./pinnedImage";
import { evaluate, revocation, whyNotTrusted } from "./verdict";

/** A signature as plain JSON: its manifest and envelope byte for byte, in base64. */
export interface KeptSignature {
  readonly digest: string;
  readonly manifest: string;
  readonly envelope: string;
  readonly envelopeMediaType: string;
}

export interface Signing {
  readonly image: PinnedImage;
  readonly trust: TrustDeclaration;
  /** The signing identity's chain, PEM, leaf first. */
  readonly certificate: string;
  /** PKCS#8 PEM; asked for only when something is signed. */
  readonly privateKey: () => Promise<string>;
}

/**
 * Sees to it that the image has a signature of this identity which the trust accepts, and one only: the kept one, else one
 * that the registry has, else a new one. Nothing that the trust refuses is pushed; what was pushed is verified again.
 */
export async function attachSignature(signing: Signing, kept: KeptSignature | undefined): Promise<KeptSignature> {
  const { image } = signing;
  const signatures = new OciSignatureRepository(openRepository(image));
  const trust = compileTrust(signing.trust);
  const listed = await signaturesOf(signatures, image);

  const candidates = [...(kept === undefined ? [] : [unpack(kept, image)]), ...listed];
  let signature = await firstOwn(candidates, signing, trust);
  if (signature === undefined) {
    signature = await sign(signing);
    const refusal = await whyRefused(signature, signing, trust);
    if (refusal !== "") {
      throw new ImageError(
        "SIGNATURE_REFUSED",
        `${refusal}. The signature was not pushed; mend the trust or the identity`,
      );
    }
  }
  if (!listed.some(({ digest }) => digest === signature.digest)) await signatures.pushSignature(signature);

  const why = whyNotTrusted(image, await evaluate(image, signing.trust));
  if (why !== "") throw new ImageError("SIGNATURE_NOT_STORED", `after the signature was pushed, ${why}. Run again`);
  return keep(signature);
}

/** True when the registry lists this very signature and has all of it. */
export async function isAttached(image: PinnedImage, kept: KeptSignature): Promise<boolean> {
  const signatures = new OciSignatureRepository(openRepository(image));
  const listed = await signatures.listSignatures(descriptorOf(image));
  const descriptor = listed.find(({ digest }) => digest === kept.digest);
  if (descriptor === undefined) return false;
  const fetched = await fetchIfThere(signatures, descriptor);
  return fetched?.envelope.toString("base64") === kept.envelope;
}

async function signaturesOf(signatures: SignatureRepository, image: PinnedImage): Promise<PackedSignature[]> {
  const subject = descriptorOf(image);
  const descriptors = await signatures.listSignatures(subject);
  const fetched = await Promise.all(
    descriptors.map(async (descriptor) => {
      const signature = await fetchIfThere(signatures, descriptor);
      return signature && { ...signature, digest: descriptor.digest, subject };
    }),
  );
  return fetched.filter((signature) => signature !== undefined);
}

/** Undefined for an entry of the list without a signature behind it: deleted by somebody who left the list as it was. */
async function fetchIfThere(signatures: SignatureRepository, descriptor: Descriptor) {
  try {
    return await signatures.fetchSignature(descriptor);
  } catch (error) {
    if (error instanceof OciError && NOT_THERE.has(error.code)) return undefined;
    throw error;
  }
}

const NOT_THERE: ReadonlySet<OciErrorCode> = new Set(["MANIFEST_UNKNOWN", "BLOB_UNKNOWN"]);

/** The first candidate that the trust accepts and whose signing certificate is the identity's. */
async function firstOwn(candidates: PackedSignature[], signing: Signing, trust: Trust) {
  const [leaf] = parseCertificatesPem(signing.certificate);
  for (const candidate of candidates) {
    const verdict = await verdictOn(candidate, signing.image, trust);
    const signer = verdict.signatures.find((signature) => signature.verdict === "verified")?.signer;
    if (whyNotTrusted(signing.image, verdict) === "" && signer?.thumbprint === leaf?.thumbprint) return candidate;
  }
  return undefined;
}

async function sign({ image, certificate, privateKey }: Signing): Promise<PackedSignature> {
  const signer = localSigner({ privateKey: await privateKey(), certificateChain: certificate });
  const subject = descriptorOf(image);
  const signed = await signArtifact({ descriptor: subject, signer, clock: () => new Date() });
  const { envelope, envelopeMediaType, signingTime } = signed;
  const { certificateChain } = signer;
  return packSignature({ envelope, envelopeMediaType, subject, certificateChain, created: signingTime });
}

async function whyRefused(signature: PackedSignature, signing: Signing, trust: Trust): Promise<string> {
  const why = whyNotTrusted(signing.image, await verdictOn(signature, signing.image, trust));
  return why && `the declared trust refuses the signature of ${referenceOf(signing.image)}: ${why}`;
}

function verdictOn({ envelope, envelopeMediaType }: PackedSignature, image: PinnedImage, trust: Trust) {
  const scope = scopeOf(image);
  return verifyEnvelope({
    envelope,
    envelopeMediaType,
    artifact: descriptorOf(image),
    scope,
    trust,
    clock: () => new Date(),
    revocation,
  });
}

function keep({ digest, manifest, envelope, envelopeMediaType }: PackedSignature): KeptSignature {
  return {
    digest,
    manifest: manifest.toString("base64"),
    envelope: envelope.toString("base64"),
    envelopeMediaType,
  };
}

function unpack({ digest, manifest, envelope, envelopeMediaType }: KeptSignature, image: PinnedImage): PackedSignature {
  return {
    digest,
    manifest: Buffer.from(manifest, "base64"),
    envelope: Buffer.from(envelope, "base64"),
    envelopeMediaType,
    subject: descriptorOf(image),
  };
}
