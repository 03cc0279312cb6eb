import { placeOf } from "../pki/boundedRequest";

/**
 * What is wrong with the address of a time stamping authority, as the end of a sentence about it; undefined when it can be
 * asked. The address itself is told without user, password and query, which may be secrets, and where it may be read in
 * another way than it was meant, not at all: `user:password@host` is a URL of the scheme `user`.
 */
export function problemOfTimestampAddress(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || url.host === "") return "is no address of a time stamping authority: give an http or https URL";
  if (url.username !== "" || url.password !== "") {
    return `${placeOf(url)} has a user or a password in it, with which no authority is asked: remove them`;
  }
  if (url.protocol === "http:" || url.protocol === "https:") return undefined;
  return `${placeOf(url)} is no address of a time stamping authority: give an http or https URL`;
}
