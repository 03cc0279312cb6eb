/** Shown by the engine's diagnostics while the resource is worked on. */
export function progress(line: string): void {
  console.log(`Harbor: ${line}`);
}
