import path from "node:path";
import { writeAtomically } from "../../../components/files/ownedFiles";
import type { InventoryContext, StateImage } from "../../../components/review/inventory/context";
import type { InventorySource } from "../../../components/review/inventory/inventory";
import { openInventory } from "../../../components/review/inventory/openInventory";
import { runCommand, show } from "../command";
import { configuredStacks } from "../stackName";
import { contextOf, STATE } from "./context";
import type { ReviewOptions } from "./options";
import { stateImages } from "./stateImages";

// What the commands that judge inventories have in common.

/** Runs a command that judges; resolves to its outcome as an exit code. Whatever keeps it from judging: it can't tell, 2. */
export async function judging(work: () => Promise<number>): Promise<number> {
  let outcome = 0;
  const failed = await runCommand(async () => {
    outcome = await work();
  });
  return failed === 0 ? outcome : 2;
}

/** Relative paths of a command line begin where the person is, and not where npm goes. */
export function folderOfPerson(): string {
  return process.env.INIT_CWD ?? process.cwd();
}

export interface OpenedInventories {
  readonly sources: readonly InventorySource[];
  readonly context: InventoryContext;
  /** What the stacks themselves name, where that is asked for. */
  readonly images: readonly StateImage[];
}

/** The inventories that the options name; nothing of a registry is read yet. */
export async function openInventories(
  options: Pick<ReviewOptions, "inventories" | "stacks" | "dockerConfig" | "caFile">,
  directory: string,
): Promise<OpenedInventories> {
  const { inventories, stacks = configuredStacks() } = options;
  const images = inventories.includes(STATE) ? await stateImages(stacks) : [];
  const context = contextOf(options, directory, images);
  return { sources: inventories.map((spec) => openInventory(spec, context)), context, images };
}

/** Writes a report in each format that is asked for; what has no file goes to standard output. */
export async function writeReports(
  outputs: ReviewOptions["outputs"],
  directory: string,
  render: (format: ReviewOptions["outputs"][number]["format"]) => string,
): Promise<void> {
  for (const { format, file } of outputs) {
    const text = render(format);
    if (file === undefined) show(text.trimEnd());
    else await writeAtomically(path.resolve(directory, file), { content: text });
  }
}
