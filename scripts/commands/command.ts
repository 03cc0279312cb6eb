import { messageOf } from "../../components/errors";
import { ImageSourceError } from "../../components/image/source";
import { printable } from "../../components/notary/quoted";
import { CommandError, type CommandErrorCode, EXIT } from "./error";

/** Progress and errors go to standard error: standard output is the result's alone. */
export function say(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}

/** The result: words for a person, or JSON for a machine. */
export function show(result: string | object): void {
  // JSON's own escapes leave out what a terminal obeys beyond ASCII; those of `printable` are JSON's.
  process.stdout.write(`${typeof result === "string" ? printableLines(result) : printable(JSON.stringify(result))}\n`);
}

/** What others wrote can hold control characters: they must not move the cursor or hide text. Lines stay lines. */
function printableLines(text: string): string {
  return text.replaceAll("\t", "  ").split(/\r?\n/).map(printable).join("\n");
}

/** Runs work while no other command of ours runs. */
export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;

const ignore = () => undefined;

const EXIT_OF: Partial<Record<CommandErrorCode, number>> = {
  USAGE: EXIT.usage,
  STACK_UNKNOWN: EXIT.usage,
  INTERRUPTED: EXIT.interrupted,
};

/** Runs a command's work; resolves to its exit code. What goes wrong is said in words, without a stack. */
export async function runCommand(work: () => Promise<void>): Promise<number> {
  // Whoever reads may go away (`| head`): the engine's step is ended in order all the same.
  for (const stream of [process.stdout, process.stderr]) stream.off("error", ignore).on("error", ignore);
  try {
    await work();
    return EXIT.done;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` [${error.code}]` : "";
    say(`${messageOf(error).trimEnd()}${code}`);
    if (error instanceof ImageSourceError) return EXIT.usage; // the image that was given
    if (!(error instanceof CommandError)) return EXIT.failed;
    return EXIT_OF[error.code] ?? EXIT.failed;
  }
}

/**
 * Ctrl-C reaches the engine by itself (it is in the terminal's process group): it ends the step that runs, releases its
 * lock and leaves nothing pending. This process only has to outlive it.
 */
export async function outlivingInterrupts<T>(work: () => Promise<T>): Promise<T> {
  let interrupts = 0;
  const onInterrupt = () => {
    interrupts += 1;
    if (interrupts === 1) say("Interrupted: ending the step that runs.");
  };
  process.on("SIGINT", onInterrupt);
  try {
    return await work();
  } catch (error) {
    if (interrupts === 0) throw error;
    throw new CommandError("INTERRUPTED", "Interrupted. Run the command again: it goes on from there", {
      cause: error,
    });
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}
