/**
 * Ctrl-C reaches the engine by itself (it is in the terminal's process group): it ends the step that runs, releases its
 * lock and leaves nothing pending. This process only has to outlive it.
 */
export async function outlivingInterrupts<T>(
  work: (wasInterrupted: () => boolean) => Promise<T>,
  say: (line: string) => void,
): Promise<T> {
  let interrupts = 0;
  const onInterrupt = () => {
    interrupts += 1;
    if (interrupts === 1) say("Interrupted: ending the step that runs. The next `npm start` goes on from there.");
  };
  process.on("SIGINT", onInterrupt);
  try {
    return await work(() => interrupts > 0);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}
