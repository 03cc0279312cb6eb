import type { Descriptor as ContentDescriptor } from "../notary/descriptor";
import { parseDigest } from "./digest";
import { OciError } from "./error";

/** Source: image-spec image-index.md § Image Index Property Descriptions, `platform`. */
export interface Platform {
  architecture: string;
  os: string;
  variant?: string;
}

/** A reference to content, as in indexes, where it may tell its platform. Source: image-spec descriptor.md § Properties. */
export interface Descriptor extends ContentDescriptor {
  platform?: Platform;
}

/**
 * Reads a descriptor from parsed JSON of someone else; `where` names the document in the message.
 * Throws OciError DESCRIPTOR_INVALID or DIGEST_INVALID.
 */
export function readDescriptor(value: unknown, where: string): Descriptor {
  if (!isRecord(value)) {
    throw invalid(where, "it is no object");
  }
  const { mediaType, digest, size, artifactType, annotations, platform } = value;
  // RFC 6838 § 4.2, leniently: what is no name at all could break a header or a message.
  if (typeof mediaType !== "string" || !/^[\x21-\x7e]{1,255}$/.test(mediaType)) {
    throw invalid(where, "`mediaType` is no media type");
  }
  if (typeof digest !== "string") {
    throw invalid(where, "`digest` is no text");
  }
  parseDigest(digest);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(where, "`size` is no count of bytes");
  }
  const descriptor: Descriptor = { mediaType, digest, size };
  if (typeof artifactType === "string" && artifactType !== "") {
    descriptor.artifactType = artifactType;
  }
  if (isTextMap(annotations)) {
    descriptor.annotations = annotations;
  }
  if (isRecord(platform) && typeof platform.architecture === "string" && typeof platform.os === "string") {
    const { architecture, os, variant } = platform;
    descriptor.platform = typeof variant === "string" ? { architecture, os, variant } : { architecture, os };
  }
  return descriptor;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isTextMap(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((item) => typeof item === "string");
}

/** Reads a list of descriptors; the message for an invalid one says which. Throws as `readDescriptor`. */
export function readDescriptors(values: readonly unknown[], where: string): Descriptor[] {
  return values.map((value, at) => readDescriptor(value, `Entry ${at + 1} of ${where}`));
}

function invalid(where: string, reason: string): OciError {
  return new OciError(
    "DESCRIPTOR_INVALID",
    `${where} holds an invalid descriptor: ${reason}. Build or push that content again.`,
  );
}
