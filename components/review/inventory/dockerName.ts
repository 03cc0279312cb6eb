import { formatReference, parseReference, type Reference } from "../../oci/reference";

const HUB_NAMES: ReadonlySet<string> = new Set(["index.docker.io", "registry-1.docker.io"]);

/**
 * What container engines make of a short name: `nginx` is `docker.io/library/nginx:latest`. Throws OciError REFERENCE_INVALID,
 * DIGEST_INVALID. Source: distribution's reference/normalize.go.
 */
export function parseDockerName(name: string): Reference {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === "localhost";
  const host = !hasHost || HUB_NAMES.has(first) ? "docker.io" : first;
  const rest = hasHost ? name.slice(slash + 1) : name;
  const whole = host === "docker.io" && !/\//.test(rest.split(/[:@]/, 1)[0] ?? "") ? `library/${rest}` : rest;
  const reference = parseReference(`${host}/${whole}`);
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: "latest" } : reference;
}

/** The whole reference of a short name. Throws as `parseDockerName`. */
export function wholeName(name: string): string {
  return formatReference(parseDockerName(name));
}
