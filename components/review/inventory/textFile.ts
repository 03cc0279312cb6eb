import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { messageOf } from "../../errors";
import { InventoryError } from "./error";

/** A regular file's text, at most `limit` bytes. Throws InventoryError INVENTORY_UNREADABLE. */
export async function readTextFile(path: string, limit: number): Promise<string> {
  try {
    // Not blocking: a named pipe must not make us wait for its writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new Error("it is no regular file");
      if (found.size > limit) throw new Error(`it has ${found.size} bytes, ${limit} is the most that is read`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InventoryError(
      "INVENTORY_UNREADABLE",
      `The inventory ${path} can't be read (${messageOf(error)}): correct its path, or make it readable.`,
      { cause: error },
    );
  }
}
