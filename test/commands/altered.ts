import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import type { TestImage } from "../support/smallImage";

/** A signature whose payload was changed after it was signed; resolves to its digest. */
export async function pushAltered({ repository, descriptor }: TestImage, signer: GeneratedIdentity): Promise<string> {
  const { privateKey, certificate: certificateChain } = signer;
  const local = localSigner({ privateKey, certificateChain });
  const signed = await signArtifact({ descriptor, signer: local, clock: () => new Date() });
  const jws = JSON.parse(signed.envelope.toString()) as { payload: string };
  const payload = Buffer.from(jws.payload, "base64url").toString().replace("application/", "Application/");
  const packed = packSignature({
    envelope: Buffer.from(JSON.stringify({ ...jws, payload: Buffer.from(payload).toString("base64url") })),
    envelopeMediaType: signed.envelopeMediaType,
    subject: descriptor,
    certificateChain: local.certificateChain,
    created: signed.signingTime,
  });
  await new OciSignatureRepository(repository).pushSignature(packed);
  return packed.digest;
}
