import { readFile } from "node:fs/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { writeAtomically } from "../../components/files/ownedFiles";
import { projectRoot, resolvePath } from "../../components/files/paths";
import type { InventorySource } from "../../components/review/inventory/inventory";
import { openInventory } from "../../components/review/inventory/openInventory";
import { DEPLOYED_CONFIG } from "../../stacks/requireRules";
import { contextOf, STATE } from "./review/context";
import { imagesIn } from "./review/stateImages";
import type { StackName } from "./stackName";

// What is in force, for the rules of the next run to compare with.

/** The images that a stack vouches for as it is; its state is asked when the rules are judged. */
export function liveImagesOf(stackOf: () => Stack | undefined): Pick<InventorySource, "entries"> {
  return {
    async *entries() {
      const deployment = await stackOf()?.exportStack();
      if (deployment === undefined) return;
      yield* openInventory(
        STATE,
        contextOf(
          { dockerConfig: undefined, caFile: undefined, insecureRegistries: [] },
          projectRoot,
          imagesIn(deployment),
        ),
      ).entries();
    },
  };
}

/** Keeps the config that a stack was brought up by; the local one has none. */
export async function keepDeployed({ isLocal, configFile, home }: StackName): Promise<void> {
  if (isLocal) return;
  const content = await readFile(resolvePath(configFile), "utf8");
  await writeAtomically(resolvePath(`${home}/${DEPLOYED_CONFIG}`), { content, secret: true });
}
