import { parseDigest } from "./digest";
import { OciError } from "./error";

/** Where an image is: `host[:port]/repository[:tag][@digest]`. */
export interface Reference {
  /** `host` or `host:port`, lower-case. */
  host: string;
  repository: string;
  tag?: string;
  digest?: string;
}

const MAX_REFERENCE_LENGTH = 1024;
const MAX_REPOSITORY_LENGTH = 255;
const DOCKER_HUB: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/;
const REPOSITORY_COMPONENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * Reads a reference. Neither host nor Docker Hub's `library` is implied, and nothing is turned to lower case in silence: trust
 * policies compare these texts. The message for what Docker would complete says what to write.
 * Throws OciError REFERENCE_INVALID, or DIGEST_INVALID for its digest.
 * Source: distribution-spec § Pulling manifests (`<name>`, `<reference>`).
 */
export function parseReference(text: string): Reference {
  if (text.length > MAX_REFERENCE_LENGTH) {
    throw invalid(text, `it is longer than ${MAX_REFERENCE_LENGTH} characters`);
  }
  if (/^[a-z]+:\/\//.test(text)) {
    throw invalid(text, "it is a URL, and begins with a scheme");
  }
  const slash = text.indexOf("/");
  const host = slash < 0 ? "" : text.slice(0, slash);
  if (!/[.:]/.test(host) && host !== "localhost") {
    throw short(text, "it does not begin with the registry's host");
  }
  assertHost(host, text);

  let rest = text.slice(slash + 1);
  const reference: Reference = { host, repository: "" };
  const at = rest.indexOf("@");
  if (at >= 0) {
    reference.digest = rest.slice(at + 1);
    parseDigest(reference.digest);
    rest = rest.slice(0, at);
  }
  const colon = rest.indexOf(":");
  if (colon >= 0) {
    reference.tag = rest.slice(colon + 1);
    assertTag(reference.tag);
    rest = rest.slice(0, colon);
  }
  assertRepository(rest);
  if (DOCKER_HUB.has(host) && !rest.includes("/")) {
    throw short(text.slice(slash + 1), "Docker Hub's own images are in the namespace library");
  }
  reference.repository = rest;
  return reference;
}

/** Throws OciError REFERENCE_INVALID unless `host` is `host` or `host:port`; `text` is what the message quotes. */
export function assertHost(host: string, text = host): void {
  const match = /^(\[[^\]]*\]|[^:]*)(?::([0-9]{1,5}))?$/.exec(host);
  const name = match?.[1] ?? "";
  const port = match?.[2] === undefined ? 443 : Number(match[2]);
  if (!(DOMAIN.test(name) || IPV6.test(name)) || port < 1 || port > 65535) {
    throw invalid(text, "the registry's host is not a lower-case name or IP address with an optional port");
  }
}

export function assertRepository(repository: string): void {
  const components = repository.split("/");
  if (repository.length > MAX_REPOSITORY_LENGTH || !components.every((part) => REPOSITORY_COMPONENT.test(part))) {
    throw invalid(
      repository,
      "a repository is made of lower-case letters, digits and single separators (. _ __ -), parts divided by /, 255 characters at most",
    );
  }
}

export function assertTag(tag: string): void {
  if (!TAG.test(tag)) {
    throw invalid(tag, "a tag is 1 to 128 letters, digits, _ . and -, and begins with a letter, a digit or _");
  }
}

/** The error for a name that Docker would complete; with the whole name, if it would be one. */
function short(text: string, reason: string): OciError {
  const [name = ""] = text.split(/[:@]/, 1);
  const isName = text.length < MAX_REFERENCE_LENGTH && name.split("/").every((part) => REPOSITORY_COMPONENT.test(part));
  const whole = name.includes("/") ? `docker.io/${text}` : `docker.io/library/${text}`;
  return isName
    ? invalid(text, `${reason}; if Docker Hub is meant, write ${whole.slice(0, 300)}`)
    : invalid(text, reason);
}

function invalid(text: string, reason: string): OciError {
  return new OciError(
    "REFERENCE_INVALID",
    `"${text.slice(0, 300)}" is no valid reference: ${reason}. Write it as host[:port]/repository[:tag][@digest], for example registry.example.com/app/web:v1.`,
  );
}
