import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { messageOf } from "../../../components/errors";
import { CommentError } from "./error";

/** More than any comment may have. */
const BYTES_MAX = 4 * 1024 * 1024;
/** Control characters but tab and line ends: what no report has. */
const NO_TEXT = /[^\P{Cc}\t\r\n]/u;
/** What GitLab, and bots of GitHub, take for a command to be run with the rights of who comments; no report has a line like it. */
const COMMAND = /^\s*\//m;

/**
 * A report in Markdown, as another job made it: a file itself (no link), a text, of bounded size, and by its marker one of ours.
 * @throws CommentError REPORT_UNREADABLE, REPORT_TOO_LARGE, REPORT_NOT_A_REVIEW
 */
export async function readReport(file: string, marker: string): Promise<string> {
  const bytes = await readRegularFile(file);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CommentError("REPORT_NOT_A_REVIEW", `${file} is no UTF-8 text: it is not what review wrote`, {
      cause: error,
    });
  }
  if (text.startsWith(marker) && !NO_TEXT.test(text) && !COMMAND.test(text)) return text;
  throw new CommentError(
    "REPORT_NOT_A_REVIEW",
    `${file} is no report of \`npm run review -- --output FILE.md\`: give that file`,
  );
}

async function readRegularFile(file: string): Promise<Buffer> {
  const unreadable = (why: string, cause?: unknown) =>
    new CommentError("REPORT_UNREADABLE", `${file} can't be read (${why}): give the file that review wrote`, { cause });
  // Non-blocking: a named pipe would never open.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
    throw unreadable(messageOf(error), error);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unreadable("it is no file");
    if (stat.size > BYTES_MAX)
      throw new CommentError(
        "REPORT_TOO_LARGE",
        `${file} has ${stat.size} bytes: no report for a comment is that large`,
      );
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
