import { suggestion } from "../components/notary/trust/suggestion";
import type { ConfigProblem } from "./error";

/** Namespaces that are read by others: the engine's own, and that of the provider which builds images. */
const OF_OTHERS = ["pulumi", "docker"];

/** Keys that nobody reads, `namespace:key` each: a misspelt one would be left out in silence. */
export function checkNamespaces(keys: readonly string[], own: string, problems: ConfigProblem[]): void {
  const known = [own, ...OF_OTHERS];
  for (const key of keys) {
    const [namespace = ""] = key.split(":");
    if (known.includes(namespace)) continue;
    const message = `is in the namespace "${namespace}", which nothing here reads${suggestion(namespace, known)}`;
    problems.push({ key, message });
  }
}
