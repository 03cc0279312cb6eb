import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { InventoryContext } from "./context";
import { InventoryError } from "./error";
import type { InventoryEntry, InventorySource } from "./inventory";
import { imagesOfPods, type PodImage, referenceOfPod } from "./pods";
import { namedImages } from "./references";
import { readTextFile } from "./textFile";
import { unknownEntry, unknownInventory } from "./unknown";

/** A cluster of 20,000 pods has some 200 MiB of them. */
const LIMIT = 400 * 1024 * 1024;
const KUBECTL = ["get", "pods", "-A", "-o", "json"];
const KUBECTL_TIMEOUT_MS = 300_000;

/** `pods:FILE`, or `pods:live` by kubectl: the images of all containers of all pods. */
export function podsSource(name: string, from: string, context: InventoryContext): InventorySource {
  async function* entries(): AsyncGenerator<InventoryEntry> {
    const references = new Set<string>();
    try {
      for (const image of imagesOfPods(await textOf(from, context), name)) {
        const reference = referenceOf(name, image);
        if (typeof reference === "string") references.add(reference);
        else yield reference;
      }
      yield* namedImages(
        name,
        context,
        [...references].map((reference) => ({ reference })),
      );
    } catch (error) {
      yield unknownInventory(name, error);
    }
  }
  return {
    name,
    ifEmpty: "no pod of the list has a container: list them as somebody who may see the pods of all namespaces",
    entries,
  };
}

function referenceOf(inventory: string, image: PodImage): string | InventoryEntry {
  try {
    return referenceOfPod(image);
  } catch (error) {
    return unknownEntry(inventory, `${image.name} (pod ${image.pod})`, error);
  }
}

async function textOf(from: string, { directory, environment }: InventoryContext): Promise<string> {
  if (from !== "live") return readTextFile(path.resolve(directory, from), LIMIT);
  try {
    const options = { env: environment, maxBuffer: LIMIT, timeout: KUBECTL_TIMEOUT_MS };
    return (await promisify(execFile)("kubectl", KUBECTL, options)).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    const why = code === "ENOENT" ? "there is no kubectl on PATH" : lastLineOf(stderr) || String(code);
    throw new InventoryError(
      "KUBECTL_FAILED",
      `kubectl ${KUBECTL.join(" ")} failed: ${why}. Have it reach the cluster, or write its output to a file and give pods:FILE.`,
      { cause: error },
    );
  }
}

/** Before it, kubectl repeats itself in its own log's words. */
function lastLineOf(stderr: string): string {
  return (stderr.trim().split("\n").at(-1) ?? "").trim().slice(0, 300);
}
