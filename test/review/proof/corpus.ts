import { packSignature } from "../../../components/notary/signing/manifest";
import { parseCertificatesPem } from "../../../components/notary/certificates/pem";
import { OCI_IMAGE_MANIFEST } from "../../../components/oci/mediaTypes";
import { Repository } from "../../../components/oci/repository";
import { OciSignatureRepository } from "../../../components/oci/signatureRepository";
import { Random } from "../../differential/random";
import { connectionOf } from "../../image/support";
import type { TestRegistry } from "../../support/registries";
import type { Authorities } from "./authorities";
import { REPOSITORIES, type RepositoryName } from "./baseTrust";
import { type Kind, KINDS, signaturesOf } from "./kinds";
import type { Format } from "./signatures";

/** An image of the corpus, in the registry. */
export interface CorpusImage {
  /** `host/repository@digest` */
  readonly reference: string;
  /** `host/repository` */
  readonly scope: string;
  readonly tag: string;
  /** Names of its signatures; empty for an unsigned image. */
  readonly kind: string;
}

export interface CorpusArgs {
  readonly registry: TestRegistry;
  readonly authorities: Authorities;
  readonly seed: number;
  /** Of each kind so many repositories have an image. */
  readonly repositoriesOfKind: number;
}

const EMPTY = {
  mediaType: "application/vnd.oci.empty.v1+json",
  digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  size: 2,
};

/** Pushes the corpus: an image of each kind in each repository, or in as many as are asked for. */
export async function pushCorpus(args: CorpusArgs): Promise<CorpusImage[]> {
  const random = new Random(args.seed);
  const images: CorpusImage[] = [];
  for (const kind of KINDS) {
    for (const repository of chosen(random, kind.home, args.repositoriesOfKind)) {
      const format = random.pick<Format>(["jws", "cose"]);
      images.push(await pushImage(args, { repository, kind, format, tag: `image-${images.length}` }));
    }
  }
  return images;
}

function chosen(random: Random, home: RepositoryName, count: number): RepositoryName[] {
  const left = REPOSITORIES.filter((repository) => repository !== home);
  const others = Array.from({ length: count - 1 }, () => left.splice(random.below(left.length), 1));
  return [home, ...others.flat()];
}

interface Planned {
  readonly repository: RepositoryName;
  readonly kind: Kind;
  readonly format: Format;
  readonly tag: string;
}

async function pushImage({ registry, authorities }: CorpusArgs, planned: Planned): Promise<CorpusImage> {
  const { kind, format, tag } = planned;
  const repository = new Repository({ connection: connectionOf(registry), repository: planned.repository });
  await repository.pushBytes(EMPTY, Buffer.from("{}"));
  const manifest = {
    ...{ schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config: EMPTY, layers: [EMPTY] },
    annotations: { tag },
  };
  const image = await repository.pushManifest(Buffer.from(JSON.stringify(manifest)), OCI_IMAGE_MANIFEST, tag);
  for (const { signer, signingTime: created, ...made } of await signaturesOf(kind, authorities, image, format)) {
    const certificateChain = parseCertificatesPem(signer.chainPem).map(({ raw }) => raw);
    const { envelope, envelopeMediaType } = made;
    const packed = packSignature({ envelope, envelopeMediaType, subject: image, certificateChain, created });
    await new OciSignatureRepository(repository).pushSignature(packed);
  }
  const { scope } = repository;
  return { reference: `${scope}@${image.digest}`, scope, tag, kind: kind.signatures.join(" + ") || "unsigned" };
}
