import { BreakwaterError } from "../components/errors";
import { resolvePath } from "../components/files/paths";
import { compileTrust, type TrustDeclaration } from "../components/notary/trust/declaration";
import type { TrustPolicyDocument } from "../components/notary/trust/document";
import { TrustPolicyError } from "../components/notary/trust/error";
import { readTrustDirectory } from "../components/trust/directory";

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

function readFolder(stack: string): TrustDeclaration {
  return readTrustDirectory(resolvePath(folderOf(stack)));
}

function folderOf(stack: string): string {
  return `stacks/${stack}/trust`;
}
