import { deleteOwnedFiles, driftOfOwnedFiles, type OwnedFile, writeOwnedFiles } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import { compileTrust, type TrustDeclaration } from "../notary/trust/declaration";
import { parseTrustPolicy } from "../notary/trust/policy";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { messageOf } from "../errors";
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
    return { drift: await driftOfOwnedFiles(resolvePath(state.directory), filesOf(state)) };
  },

  async update(state, inputs) {
    const kept = new Set(filesOf(inputs).map(({ name }) => name));
    const dropped = filesOf(state).filter(({ name }) => !kept.has(name));
    await deleteOwnedFiles(resolvePath(state.directory), dropped);
    await writeOwnedFiles(resolvePath(inputs.directory), filesOf(inputs));
    return {};
  },

  async delete(state) {
    await deleteOwnedFiles(resolvePath(state.directory), filesOf(state));
  },
};

function filesOf(declaration: TrustDeclaration): OwnedFile[] {
  return Object.entries(renderTrustDirectory(declaration)).map(([name, content]) => ({ name, content }));
}
