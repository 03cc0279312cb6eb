import { afterEach, beforeEach, vi } from "vitest";

/** What a test's commands write to the standard streams, afresh for each test of the file; nothing reaches the terminal. */
export function capturedStreams(): { stdout: string; stderr: string } {
  const written = { stdout: "", stderr: "" };
  beforeEach(() => {
    Object.assign(written, { stdout: "", stderr: "" });
    for (const name of ["stdout", "stderr"] as const) {
      vi.spyOn(process[name], "write").mockImplementation((text) => {
        written[name] += String(text);
        return true;
      });
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return written;
}
