import { BreakwaterError } from "../components/errors";
import { resolvePath } from "../components/files/paths";
import type { TrustDeclaration } from "../components/notary/trust/declaration";
import type { TrustPolicyDocument } from "../components/notary/trust/document";
import { readTrustDirectory } from "../components/trust/directory";

/** What is committed as a stack's trust. @throws TrustDirectoryError, TrustPolicyError */
export function readCommittedTrust(stack: string): TrustDeclaration {
  return readTrustDirectory(resolvePath(`stacks/${stack}/trust`));
}

/** Its policy, to judge the config by; undefined when it can't be read, which the program says once the config is right. */
export function readablePolicy(stack: string): TrustPolicyDocument | undefined {
  try {
    return readCommittedTrust(stack).policy;
  } catch (error) {
    if (error instanceof BreakwaterError) return undefined;
    throw error;
  }
}
