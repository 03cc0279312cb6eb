import { readFile } from "node:fs/promises";
import path from "node:path";
import { CERTIFICATE_FILES } from "./certificateFiles";
import { readIssuer } from "./journal";
import { certificateId } from "./renewalInfo";
import { requireNames } from "./servable";

/**
 * The identifier (RFC 9773 § 4.1) of the certificate that a new order replaces: the one in the folder, if this server
 * issued it and it is for the same names. Undefined when there is none.
 */
export async function predecessorId(
  directory: string,
  server: string,
  names: readonly string[],
): Promise<string | undefined> {
  if ((await readIssuer(directory)) !== server) return undefined;
  try {
    const chain = await readFile(path.join(directory, CERTIFICATE_FILES.chain), "utf8");
    requireNames(chain, names);
    return certificateId(chain);
  } catch {
    return undefined; // no clear predecessor
  }
}
