import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { Descriptor } from "../../oci/descriptor";
import { isDigest } from "../../oci/digest";
import { MANIFEST_LIMIT } from "../../oci/limits";
import { invalid, requireDigest, truncated } from "./contents";
import type { BlobVisitor } from "./imageSource";
import { readTar } from "./tar";

/** Documents of one archive are kept in memory while it is opened, at most this much of them. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
const MAX_LINKS = 8;

export interface ScannedMember {
  size: number;
  /** Of the content; sha256 unless the name says sha512. */
  digest: string;
}

/** What one pass over an archive learns: every file's size and digest, and the content of those that may be documents. */
export interface ArchiveScan {
  path: string;
  files: Map<string, ScannedMember>;
  documents: Map<string, Buffer>;
  links: Map<string, string>;
}

export async function scanArchive(path: string): Promise<ArchiveScan> {
  const scan: ArchiveScan = { path, files: new Map(), documents: new Map(), links: new Map() };
  let documentBytes = 0;
  await readTar(path, async (member, content) => {
    const { name, size, linkTo } = member;
    if (scan.files.has(name) || scan.links.has(name)) {
      throw invalid(path, `it has two members called ${name}`);
    }
    if (linkTo !== undefined) {
      scan.links.set(name, linkTo);
      return;
    }
    const { digest, document } = await digestContent(content, size, name.startsWith("blobs/sha512/"));
    scan.files.set(name, { size, digest });
    documentBytes += document?.length ?? 0;
    if (documentBytes > MAX_DOCUMENT_BYTES) {
      throw invalid(path, `its documents have more than ${MAX_DOCUMENT_BYTES} bytes`);
    }
    if (document !== undefined) {
      scan.documents.set(name, document);
    }
  });
  return scan;
}

/** Follows links inside the archive to the file that has the content. Throws ImageSourceError SOURCE_TRUNCATED, SOURCE_INVALID. */
export function resolveMember(scan: ArchiveScan, name: string): string {
  let current = name;
  for (let hops = 0; hops < MAX_LINKS; hops++) {
    const target = scan.links.get(current);
    if (target === undefined) {
      if (!scan.files.has(current)) {
        throw truncated(scan.path, `its member ${current} is missing`);
      }
      return current;
    }
    current = target;
  }
  throw invalid(scan.path, `its member ${name} is a link that never ends`);
}

/** The part of an ImageSource that is the same for every archive; `memberOf` maps a blob's digest to the member with its content. */
export function archiveReader(
  scan: ArchiveScan,
  blobs: readonly Descriptor[],
  memberOf: ReadonlyMap<string, string>,
): { verify(): Promise<void>; readBlobs(needed: ReadonlySet<string>, visit: BlobVisitor): Promise<void> } {
  return {
    async verify() {
      for (const { digest } of blobs) {
        const scanned = scan.files.get(memberOf.get(digest) ?? "");
        requireDigest(scan.path, digest, scanned?.digest ?? "");
      }
    },
    async readBlobs(needed, visit) {
      const wanted = new Map<string, Descriptor>();
      for (const blob of blobs) {
        const member = memberOf.get(blob.digest);
        if (needed.has(blob.digest) && member !== undefined) {
          wanted.set(member, blob);
        }
      }
      if (wanted.size === 0) {
        return;
      }
      await readTar(scan.path, async ({ name }, content) => {
        const blob = wanted.get(name);
        if (blob !== undefined) {
          await visit(blob, content);
          wanted.delete(name);
        }
      });
      for (const { digest } of wanted.values()) {
        throw truncated(scan.path, `the blob ${digest} has gone while the archive was in use`);
      }
    },
  };
}

/** `blobs/sha256/<hex>` → the digest, undefined for other members. */
export function digestOfMember(name: string): string | undefined {
  const match = /^blobs\/([^/]+)\/([^/]+)$/.exec(name);
  const digest = `${match?.[1]}:${match?.[2]}`;
  return isDigest(digest) ? digest : undefined;
}

async function digestContent(
  content: Readable,
  size: number,
  sha512: boolean,
): Promise<{ digest: string; document: Buffer | undefined }> {
  const algorithm = sha512 ? "sha512" : "sha256";
  const hash = createHash(algorithm);
  const chunks: Buffer[] = [];
  let mayBeDocument: boolean | undefined;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    hash.update(chunk);
    // Manifests, indexes and configs are JSON; layers are not kept.
    mayBeDocument ??= size <= MANIFEST_LIMIT && /^\s*[{[]/.test(chunk.toString("latin1", 0, 64));
    if (mayBeDocument) {
      chunks.push(chunk);
    }
  }
  return {
    digest: `${algorithm}:${hash.digest("hex")}`,
    document: mayBeDocument ? Buffer.concat(chunks) : undefined,
  };
}
