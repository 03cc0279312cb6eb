/** The target of `rel="next"` in a `Link` header; in time linear in its length. Source: RFC 8288 § 3. */
export function nextLink(header: string): string | undefined {
  for (const [, target, parameters = ""] of header.matchAll(/<([^<>]*)>([^<]*)/g)) {
    for (const parameter of parameters.split(";")) {
      const [name = "", value = ""] = parameter.split("=", 2);
      const relations = value.replace(/["',]/g, " ").toLowerCase().split(/\s+/);
      if (name.trim().toLowerCase() === "rel" && relations.includes("next")) {
        return target;
      }
    }
  }
  return undefined;
}
