import type { Report } from "./report";
import { when } from "./words";

/** What began a minute ago is now. */
const NOW_MS = 60_000;

/** What it means that a report is as of another time than that of its making; undefined where it is as of now. */
export function clockCaution({ at, made }: Pick<Report, "at" | "made">): string | undefined {
  const ahead = Date.parse(at) - Date.parse(made);
  if (Math.abs(ahead) <= NOW_MS) return undefined;
  const making = `this report was made at ${when(made)}`;
  if (ahead < 0) {
    return `Judged as of ${when(at)}, which is past (${making}): what is revoked or deleted since then counts all the same, and what has expired or ended since then does not.`;
  }
  return `Judged as of ${when(at)}, which is yet to come (${making}): what is revoked until then is not known, and a CRL that ends before then counts as ended.`;
}
