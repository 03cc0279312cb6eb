import { messageOf } from "../../errors";
import { assertHost, assertRepository } from "../../oci/reference";
import type { InventoryContext } from "./context";
import { InventoryError } from "./error";
import { fileSource } from "./fileSource";
import { harborSource } from "./harborSource";
import type { InventorySource } from "./inventory";
import { layoutSource } from "./layoutSource";
import { podsSource } from "./podsSource";
import { registrySource } from "./registrySource";
import { stateSource } from "./stateSource";

const KINDS =
  "state, registry:HOST[/PREFIX], harbor:URL, pods:FILE, pods:live, oci-layout:DIR=HOST/REPOSITORY or file:FILE";

/** The inventory that a text of the command line names; nothing is read yet. Throws InventoryError INVENTORY_INVALID. */
export function openInventory(spec: string, context: InventoryContext): InventorySource {
  if (spec === "state") return stateSource(spec, context);
  const colon = spec.indexOf(":");
  const [kind, place] = [spec.slice(0, Math.max(colon, 0)), spec.slice(colon + 1)];
  if (place === "") throw invalid(spec, "it does not say where");
  switch (kind) {
    case "registry":
      assertPlace(spec, place);
      return registrySource(spec, place, context);
    case "harbor":
      if (!/^https:\/\/[^/@?#]+\/?$/.test(place)) throw invalid(spec, "Harbor's address is https://HOST and no more");
      return harborSource(spec, place, context);
    case "pods":
      return podsSource(spec, place, context);
    case "file":
      return fileSource(spec, place, context);
    case "oci-layout": {
      // A folder's name may have an equals sign, a repository's has none.
      const equals = place.lastIndexOf("=");
      const [folder, scope] = [place.slice(0, Math.max(equals, 0)), place.slice(equals + 1)];
      if (folder === "" || !scope.includes("/")) throw invalid(spec, "write oci-layout:DIR=HOST/REPOSITORY");
      assertPlace(spec, scope);
      return layoutSource(spec, { folder, scope }, context);
    }
    default:
      throw invalid(spec, "there is no such kind");
  }
}

function assertPlace(spec: string, place: string): void {
  const slash = place.indexOf("/");
  try {
    assertHost(slash < 0 ? place : place.slice(0, slash));
    if (slash >= 0) assertRepository(place.slice(slash + 1));
  } catch (error) {
    throw invalid(spec, messageOf(error));
  }
}

function invalid(spec: string, why: string): InventoryError {
  return new InventoryError("INVENTORY_INVALID", `--inventory ${spec} names no inventory: ${why}. Give ${KINDS}.`);
}
