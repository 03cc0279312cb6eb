import { list, type ObjectOf, object, oneOf, optional, path, type Reader, required, text } from "./fields";

// What a config says of the certificate that Harbor serves: by ACME, or from files.

const contact = text("the e-mail address that the certificate authority writes to", /^[^\s@]+@[^\s@]+\.[^\s@]+$/);

const CHALLENGE = {
  type: required(oneOf(["http-01", "dns-01"]), "http-01 needs port 80 of this machine, dns-01 a hook"),
  hook: optional(list(text("a word of the command that makes and removes the TXT record"))),
};
const challengeObject = object(CHALLENGE);

/** The hook belongs to dns-01. */
const challenge: Reader<ObjectOf<typeof CHALLENGE>> = (value, key, problems) => {
  const read = challengeObject(value, key, problems);
  if (read === undefined) return undefined;
  const { type, hook = [] } = read;
  if ((type === "dns-01") === hook.length > 0) return read;
  if (problems.some((problem) => problem.key.startsWith(`${key}.hook`))) return undefined; // told already
  const message =
    type === "dns-01"
      ? "is missing; give the command that makes and removes the TXT record, as a list of words"
      : "is for dns-01 only; leave it out, or give `type: dns-01`";
  problems.push({ key: `${key}.hook`, message });
  return undefined;
};

const ACME = {
  directory: required(
    oneOf(["letsencrypt", "letsencrypt-staging"]),
    "letsencrypt; to try things out letsencrypt-staging",
  ),
  contact: required(contact, "give an e-mail address: the certificate authority writes to it"),
  challenge: optional(challenge),
  root: optional(path),
};
const FILES = {
  chain: required(path, "name the file with the certificate and those above it, in PEM"),
  key: required(path, "name the file with its private key, in PEM"),
  root: optional(path),
};
const acme = object(ACME);
const files = object({ files: required(object(FILES)) });

export type CertificateConfig = ObjectOf<typeof ACME> | { readonly files: ObjectOf<typeof FILES> };

/** `files` makes the difference. */
export const certificate: Reader<CertificateConfig> = (value, key, problems) =>
  value !== null && typeof value === "object" && "files" in value
    ? files(value, key, problems)
    : acme(value, key, problems);
