import path from "node:path";
import { writeAtomically } from "../../../components/files/ownedFiles";
import type { InventoryContext, StateImage } from "../../../components/review/inventory/context";
import type { InventorySource } from "../../../components/review/inventory/inventory";
import { openInventory } from "../../../components/review/inventory/openInventory";
import { runCommand, say, show } from "../command";
import { configuredStacks } from "../stackName";
import { contextOf, STATE, type Watching } from "./context";
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
  options: Pick<ReviewOptions, "inventories" | "stacks" | "dockerConfig" | "caFile" | "insecureRegistries">,
  directory: string,
  watching: Watching,
): Promise<OpenedInventories> {
  const { inventories, stacks = configuredStacks() } = options;
  const images = inventories.includes(STATE) ? await stateImages(stacks) : [];
  const context = contextOf(options, directory, images, watching);
  return { sources: inventories.map((spec) => openInventory(spec, context)), context, images };
}

/**
 * Ctrl-C, and the end of a job's time: nothing more is read, and what was judged until then is reported, as partial. A second one
 * ends the process at once.
 */
export async function stoppingInOrder<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    forget();
    say(
      "Interrupted: nothing more is read; what was judged so far is reported, as partial. Once more ends this at once.",
    );
    controller.abort();
  };
  const forget = () => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    forget();
  }
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
