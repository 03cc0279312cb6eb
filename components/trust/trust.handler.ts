import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "../errors";
import { deleteOwnedFiles, driftOfOwnedFiles, type OwnedFile, writeOwnedFiles } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import { compileTrust, type TrustDeclaration } from "../notary/trust/declaration";
import { parseTrustPolicy } from "../notary/trust/policy";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { renderTrustDirectory } from "./directory";

export interface TrustInputs extends TrustDeclaration {
  /** Relative to the project's folder: a notation configuration folder (`NOTATION_CONFIG`). */
  readonly directory: string;
}

/** A trust policy and its trust stores, written in notation's own directory layout. */
export const trust: ResourceDefinition<TrustInputs, Record<never, never>> = {
  compared: ["policy", "stores", "directory"],
  replaceOn: ["directory"],

  /** Everything is validated before anything is written. */
  async check(news) {
    try {
      if (isUnknown(news.stores)) parseTrustPolicy(news.policy);
      else compileTrust(news);
    } catch (error) {
      throw new PropertyError("policy", messageOf(error), { cause: error });
    }
    return news;
  },

  async create(inputs) {
    await writeOwnedFiles(resolvePath(inputs.directory), filesOf(inputs));
    return { id: inputs.directory, outputs: {} };
  },

  async observe(state) {
    const directory = resolvePath(state.directory);
    const foreign = await undeclaredFiles(directory, filesOf(state));
    const drifts = [
      await driftOfOwnedFiles(directory, filesOf(state)),
      ...foreign.map((name) => `file ${path.basename(directory)}/${name} is not declared`),
    ];
    return { drift: drifts.filter((drift) => drift !== "").join("; ") };
  },

  async update(_state, inputs) {
    const directory = resolvePath(inputs.directory);
    await writeOwnedFiles(directory, filesOf(inputs));
    for (const name of await undeclaredFiles(directory, filesOf(inputs))) await rm(path.join(directory, name));
    return {};
  },

  async delete(state) {
    await deleteOwnedFiles(resolvePath(state.directory), filesOf(state));
  },
};

/** What lies where notation looks for trust and was not declared: a certificate more would widen whom notation trusts. */
async function undeclaredFiles(directory: string, declared: readonly OwnedFile[]): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .filter((name) => name.startsWith("truststore/") || name.startsWith("trustpolicy"));
  return names.filter((name) => !declared.some((file) => file.name === name)).sort();
}

function filesOf(declaration: TrustDeclaration): OwnedFile[] {
  return Object.entries(renderTrustDirectory(declaration)).map(([name, content]) => ({ name, content }));
}
