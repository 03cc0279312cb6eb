import { isRecord } from "../../oci/descriptor";
import { isDigest } from "../../oci/digest";
import { formatReference } from "../../oci/reference";
import { parseDockerName } from "./dockerName";
import { InventoryError } from "./error";

/** A container's image: as it is named, and the reference that is judged. */
export interface PodImage {
  readonly pod: string;
  readonly name: string;
  readonly imageId: string | undefined;
}

const KINDS = [
  ["containers", "containerStatuses"],
  ["initContainers", "initContainerStatuses"],
  ["ephemeralContainers", "ephemeralContainerStatuses"],
] as const;

/** The images of all containers of a list of pods, the JSON of `kubectl get pods -A -o json`. Throws InventoryError. */
export function imagesOfPods(text: string, where: string): PodImage[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw invalid(where, "it is no JSON", error);
  }
  if (!isRecord(list) || !Array.isArray(list.items)) throw invalid(where, "it has no list `items`");
  return list.items.flatMap((pod) => imagesOfPod(pod, where));
}

function imagesOfPod(pod: unknown, where: string): PodImage[] {
  if (!isRecord(pod) || !isRecord(pod.spec)) throw invalid(where, "an entry is no pod");
  const { spec } = pod;
  const metadata = isRecord(pod.metadata) ? pod.metadata : {};
  const status = isRecord(pod.status) ? pod.status : {};
  const name = `${metadata.namespace}/${metadata.name}`;
  return KINDS.flatMap(([containers, statuses]) => {
    const ids = new Map(recordsOf(status[statuses]).map((each) => [each.name, each.imageID]));
    return recordsOf(spec[containers]).map((container) => {
      if (typeof container.image !== "string") throw invalid(where, `a container of the pod ${name} names no image`);
      const id = ids.get(container.name);
      return { pod: name, name: container.image, imageId: typeof id === "string" ? id : undefined };
    });
  });
}

/**
 * What a container runs: the repository that its pod names, by which a gate judges it, and the digest that the node pulled. Where
 * the node does not tell one (it has not pulled yet, or loaded the image from a file), what the tag points to now.
 * Throws OciError REFERENCE_INVALID.
 */
export function referenceOfPod({ name, imageId = "" }: PodImage): string {
  const named = parseDockerName(name);
  const pulled = imageId.slice(imageId.lastIndexOf("@") + 1);
  const digest = named.digest ?? (imageId.includes("@") && isDigest(pulled) ? pulled : undefined);
  return formatReference(digest === undefined ? named : { ...named, digest });
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function invalid(where: string, reason: string, cause?: unknown): InventoryError {
  return new InventoryError(
    "INVENTORY_INVALID",
    `${where} is no list of pods: ${reason}. Write it by: kubectl get pods -A -o json`,
    { cause },
  );
}
