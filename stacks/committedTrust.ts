import { BreakwaterError } from "../components/errors";
import { FolderTree } from "../components/files/folderTree";
import { projectRoot } from "../components/files/paths";
import { compileTrust, type TrustDeclaration } from "../components/notary/trust/declaration";
import type { TrustPolicyDocument } from "../components/notary/trust/document";
import { TrustPolicyError } from "../components/notary/trust/error";
import { readTrust } from "../components/trust/directory";

/** What is committed as a stack's trust, which is right as a whole. @throws TrustDirectoryError, TrustPolicyError */
export function readCommittedTrust(stack: string): TrustDeclaration {
  const declared = readFolder(stack);
  try {
    compileTrust(declared);
    return declared;
  } catch (error) {
    if (!(error instanceof TrustPolicyError)) throw error;
    const where = `${folderOf(stack)} (a trust store is the folder truststore/x509/TYPE/NAME with its certificates)`;
    throw new TrustPolicyError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}

/** Its policy, to judge the config by; undefined when it can't be read, which the program says once the config is right. */
export function readablePolicy(stack: string): TrustPolicyDocument | undefined {
  try {
    return readFolder(stack).policy;
  } catch (error) {
    if (error instanceof BreakwaterError) return undefined;
    throw error;
  }
}

/** As a review and the rules read it: a link that is a folder on the way would lead to what nobody has judged. */
function readFolder(stack: string): TrustDeclaration {
  return readTrust(new FolderTree(projectRoot), folderOf(stack));
}

function folderOf(stack: string): string {
  return `stacks/${stack}/trust`;
}
