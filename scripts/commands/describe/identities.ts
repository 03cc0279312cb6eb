import { certificatesOf, named } from "./certificates";
import { type Fact, type Inputs, list, objectOf, one, plain, set, text } from "./fact";

/** Certificates of TLS, and identities that sign. */

export function acmeCertificateFacts({ identifiers, server, challenge, ...rest }: Inputs): Fact[] {
  const from = typeof server === "string" ? server : objectOf(server).url;
  const { authority: _followsFromServer, ...settings } = rest;
  return [
    set("names", identifiers, `for ${list(identifiers)}`),
    one("server", from, `from ${text(from)}`),
    { ...plain("challenge", challenge), said: challengeInWords(challenge) },
    ...Object.entries(settings).map(([name, value]) => plain(name, value)),
  ];
}

function challengeInWords(challenge: unknown): string {
  const { type, port } = objectOf(challenge);
  if (type === "dns-01") return "by dns-01";
  return typeof challenge === "string" ? "" : `by http-01 on port ${text(port)}`;
}

export function fileCertificateFacts({ files, names }: Inputs): Fact[] {
  return [
    { ...plain("files", files), said: `from the file ${text(objectOf(files).chain)}` },
    set("names", names, `for ${list(names)}; checked before it is served`),
  ];
}

export function fileIdentityFacts({ certificate, subject, thumbprint, notAfter, keyFile }: Inputs): Fact[] {
  const expires = text(notAfter).slice(0, 10);
  const [, ...above] = certificatesOf(certificate) ?? [];
  return [
    one("subject", subject, text(subject)),
    one("SHA-256 thumbprint", thumbprint, `SHA-256 thumbprint ${text(thumbprint)}`),
    one("expires", expires, `expires ${expires}; its key is ${text(keyFile)}`),
    one("key file", keyFile),
    set("certificates above it", above.map(named)),
  ];
}

export function signingIdentityFacts({ commonName, keySpec, lifetimeDays, directory }: Inputs): Fact[] {
  return [
    one("key", keySpec, `a throw-away key (${text(keySpec)}) with a certificate for ${text(commonName)}`),
    one("common name", commonName),
    one("life in days", lifetimeDays),
    one("directory", directory),
  ];
}
