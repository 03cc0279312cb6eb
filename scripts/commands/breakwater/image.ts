import type { Descriptor } from "../../../components/notary/descriptor";
import type { SignatureRepository } from "../../../components/notary/signatureRepository";
import { OciError } from "../../../components/oci/error";
import { LayoutSignatureRepository } from "../../../components/oci/layoutSignatureRepository";
import { parseReference } from "../../../components/oci/reference";
import { Repository } from "../../../components/oci/repository";
import { OciSignatureRepository } from "../../../components/oci/signatureRepository";
import type { VerbArguments } from "./arguments";
import { VerbError } from "./error";
import { connectionOf } from "./registryOptions";
import { type Terminal, warn } from "./terminal";

/** An image that a verb is about, and its signatures. */
export interface NamedImage {
  /** `host/repository@digest` */
  readonly reference: string;
  readonly descriptor: Descriptor;
  readonly signatures: SignatureRepository;
}

/**
 * What the reference names now; a tag is resolved with the warning that notation gives.
 * @throws VerbError REFERENCE_INCOMPLETE; OciError, of which MANIFEST_UNKNOWN: there is no such image
 */
export async function openImage(
  args: VerbArguments,
  terminal: Terminal,
  { deed, config }: { deed: string; config?: string },
): Promise<NamedImage> {
  const given = args.only("REF");
  const { host, repository, tag, digest } = parseReference(given);
  const scope = `${host}/${repository}`;
  const wanted = digest ?? tag;
  if (wanted === undefined) {
    throw new VerbError(
      "REFERENCE_INCOMPLETE",
      `${given} has neither tag nor digest: write ${scope}@sha256:… or ${scope}:tag`,
    );
  }
  const layout = args.path("oci-layout");
  const { resolve, signatures } =
    layout === undefined ? inRegistry(host, repository, args, terminal, config) : inLayout(layout, scope);
  const descriptor = await resolve(wanted);
  if (!descriptor) {
    const where = layout === undefined ? "the registry" : layout;
    throw new OciError(
      "MANIFEST_UNKNOWN",
      `${given} does not exist: ${where} has no such image; check the name and push it`,
    );
  }
  if (digest === undefined) {
    warn(
      terminal,
      `tags move: ${JSON.stringify(tag)} is ${descriptor.digest} now and may be another image later. Always ${deed} ${scope}@${descriptor.digest}`,
    );
  }
  const { mediaType, size } = descriptor;
  return {
    reference: `${scope}@${descriptor.digest}`,
    descriptor: { mediaType, digest: descriptor.digest, size },
    signatures,
  };
}

interface Source {
  readonly resolve: (tagOrDigest: string) => Promise<Descriptor | undefined>;
  readonly signatures: SignatureRepository;
}

function inRegistry(
  host: string,
  repository: string,
  args: VerbArguments,
  terminal: Terminal,
  config: string | undefined,
): Source {
  const opened = new Repository({ connection: connectionOf(host, args, terminal, config), repository });
  return { resolve: (reference) => opened.resolve(reference), signatures: new OciSignatureRepository(opened) };
}

function inLayout(directory: string, scope: string): Source {
  const signatures = new LayoutSignatureRepository(directory, scope);
  return { resolve: (reference) => signatures.resolve(reference), signatures };
}
