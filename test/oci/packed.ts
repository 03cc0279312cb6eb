import type { PackedSignature } from "../../components/notary/signatureRepository";
import type { Descriptor } from "../../components/oci/descriptor";
import { digestOf } from "../../components/oci/digest";
import { OCI_IMAGE_CONFIG, OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import type { Repository } from "../../components/oci/repository";
import { NOTARY_SIGNATURE_ARTIFACT_TYPE } from "../../components/oci/signatureRepository";

export const JWS = "application/jose+json";
const EMPTY = Buffer.from("{}");

export function descriptorOf(bytes: Buffer, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** A manifest that has its text as an annotation, so that each text is an image of its own. */
export async function pushTestImage(repository: Repository, text: string): Promise<Descriptor> {
  const bytes = Buffer.from(`{"text":${JSON.stringify(text)}}`);
  const config = descriptorOf(bytes, OCI_IMAGE_CONFIG);
  await repository.pushBytes(config, bytes);
  const image = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config, layers: [], annotations: { text } };
  return repository.pushManifest(Buffer.from(JSON.stringify(image)), OCI_IMAGE_MANIFEST);
}

/** A signature manifest around any text as its envelope: what the registry client sees of a signature. */
export function packTestSignature(text: string, subject: Descriptor): PackedSignature {
  const envelope = Buffer.from(text);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE_MANIFEST,
      artifactType: NOTARY_SIGNATURE_ARTIFACT_TYPE,
      config: descriptorOf(EMPTY, "application/vnd.oci.empty.v1+json"),
      layers: [descriptorOf(envelope, JWS)],
      subject,
    }),
  );
  return { digest: digestOf(manifest), manifest, envelope, envelopeMediaType: JWS, subject };
}
