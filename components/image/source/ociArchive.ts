import { type ArchiveScan, archiveReader, digestOfMember } from "./archive";
import { invalid, readContents, truncated } from "./contents";
import type { ImageSource } from "./imageSource";
import { checkLayoutFile, rootOfIndex } from "./rootOfIndex";

/** An OCI image layout in a tar file, which is also what `docker save` writes today. Source: image-spec image-layout.md. */
export async function openOciArchive(scan: ArchiveScan): Promise<ImageSource> {
  const { path } = scan;
  const memberOf = new Map<string, string>();
  for (const name of scan.files.keys()) {
    const digest = digestOfMember(name);
    if (digest !== undefined) {
      memberOf.set(digest, name);
    }
  }
  for (const name of scan.links.keys()) {
    if (digestOfMember(name) !== undefined) {
      throw invalid(path, `its blob ${name} is a link`);
    }
  }
  const requireDocument = (name: string): Buffer => {
    const document = scan.documents.get(name);
    if (document === undefined) {
      throw scan.files.has(name) ? invalid(path, `${name} is no JSON document`) : truncated(path, `${name} is missing`);
    }
    return document;
  };

  checkLayoutFile(path, requireDocument("oci-layout"));
  const root = rootOfIndex(path, requireDocument("index.json"));
  const store = {
    path,
    sizeOf: async (digest: string) => scan.files.get(memberOf.get(digest) ?? "")?.size,
    read: async (digest: string) => requireDocument(memberOf.get(digest) ?? ""),
  };
  const { manifests, blobs } = await readContents(store, root);
  return { path, kind: "oci-archive", root, manifests, blobs, ...archiveReader(scan, blobs, memberOf) };
}
