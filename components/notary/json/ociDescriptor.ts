import type { Descriptor } from "../descriptor";
import { isJsonObject, requireExactNames } from "./strictJson";

// A descriptor in the JSON of others: a payload's target (signature-specification.md § Payload) and what a signature
// manifest names (§ OCI Signatures). notation-go reads both by encoding/json into the same type of the OCI image
// specification, whatever else it does with them.

const DESCRIPTOR_MEMBERS = ["mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType"];
const PLATFORM_MEMBERS = ["architecture", "os", "os.version", "os.features", "variant"];

/** Makes the error for what is wrong; the text says which member, and how. */
export type Malformed = (what: string) => Error;

/**
 * The members of a descriptor that are there. As Go's decoder it takes `null` for an absent member, and within a list or
 * a map for the empty text; ignores members that it does not know; and refuses one of another type, used or not.
 * Stricter than it: a size is within the safe integers of JavaScript, and `data` no list of numbers.
 * @throws what `malformed` makes; JsonError JSON_MISCASED_KEY
 */
export function readOciDescriptor(value: unknown, malformed: Malformed): Partial<Descriptor> {
  if (!isJsonObject(value)) throw malformed("is not an object");
  requireExactNames(value, DESCRIPTOR_MEMBERS);
  requireTypesOfUnused(value, malformed);
  const mediaType = textIn(value, "mediaType", malformed);
  const digest = textIn(value, "digest", malformed);
  const artifactType = textIn(value, "artifactType", malformed);
  const annotations = readAnnotations(value.annotations, malformed);
  const size = value.size ?? undefined;
  if (size !== undefined && !Number.isSafeInteger(size)) throw malformed("has a size that is no integer");
  return {
    ...(mediaType !== undefined && { mediaType }),
    ...(digest !== undefined && { digest }),
    ...(size !== undefined && { size: Number(size) }),
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}

/** A member that is a text or absent. @throws what `malformed` makes */
export function textIn(value: Record<string, unknown>, name: string, malformed: Malformed): string | undefined {
  const member = value[name] ?? undefined;
  if (member === undefined || typeof member === "string") return member;
  throw malformed(`has a ${name} that is no text`);
}

/** @throws what `malformed` makes */
export function readAnnotations(value: unknown, malformed: Malformed): Record<string, string> | undefined {
  if (isAbsent(value)) return undefined;
  if (!isJsonObject(value)) throw malformed("has annotations that are no object");
  const entries = Object.entries(value).map(([key, member]): [string, string] => {
    if (!isAbsent(member) && typeof member !== "string") throw malformed("has an annotation that is no text");
    return [key, member ?? ""];
  });
  return Object.fromEntries(entries);
}

function requireTypesOfUnused({ urls, data, platform }: Record<string, unknown>, malformed: Malformed): void {
  if (!isAbsent(urls) && !isTextList(urls)) throw malformed("has urls that are no texts");
  if (!isAbsent(data) && !isBase64OfGo(data)) throw malformed("has data that are not base64");
  if (isAbsent(platform)) return;
  if (!isJsonObject(platform)) throw malformed("has a platform that is no object");
  requireExactNames(platform, PLATFORM_MEMBERS);
  for (const name of PLATFORM_MEMBERS) {
    if (name !== "os.features") textIn(platform, name, malformed);
    else if (!isAbsent(platform[name]) && !isTextList(platform[name]))
      throw malformed("has a platform whose os.features are no texts");
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((element) => element === null || typeof element === "string");
}

/** encoding/base64 skips line breaks, and does not look at the bits behind the last byte. */
function isBase64OfGo(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const text = value.replace(/[\r\n]/g, "");
  const digits = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text;
  return text.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(digits);
}
