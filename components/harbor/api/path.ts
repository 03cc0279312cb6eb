/** A path of the API whose values are encoded: `` path`projects/${name}` ``. */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return texts.map((text, at) => text + encoded(values[at])).join("");
}

/** Digests keep their colon, as Harbor itself writes them in links. */
function encoded(value: string | number | undefined): string {
  return value === undefined ? "" : encodeURIComponent(value).replaceAll("%3A", ":");
}

/** A repository's name in a path: nginx undoes one encoding, so a `/` must have two. */
export function repositoryPart(repository: string): string {
  return encodeURIComponent(repository);
}

/** A project named `12345` is taken for an id without this. */
export function nameHeader(project: string): Record<string, string> {
  return /^[0-9]+$/.test(project) ? { "x-is-resource-name": "true" } : {};
}
