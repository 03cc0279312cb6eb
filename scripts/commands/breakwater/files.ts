import { createReadStream } from "node:fs";
import { messageOf } from "../../../components/errors";
import { VerbError } from "./error";

const FILE_BYTES_MAX = 1024 * 1024;

/** A file that an argument names; links and pipes are fine. @throws VerbError FILE_UNREADABLE, FILE_TOO_LARGE */
export async function readInput(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: FILE_BYTES_MAX })) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new VerbError("FILE_UNREADABLE", `${path} cannot be read (${messageOf(error)}): correct the path`, {
      cause: error,
    });
  }
  const content = Buffer.concat(chunks);
  if (content.length <= FILE_BYTES_MAX) return content;
  throw new VerbError("FILE_TOO_LARGE", `${path} has more than ${FILE_BYTES_MAX} bytes: name another file`);
}
