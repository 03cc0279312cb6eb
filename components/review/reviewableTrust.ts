import type { FileTree } from "../files/tree";
import { compileTrust, type Trust } from "../notary/trust/declaration";
import { readTrust } from "../trust/directory";
import { ReviewError } from "./error";

const CERTIFICATES_MAX = 500;

/**
 * A trust folder's policy and stores. Every anchor is compared with every other, which a pull request must not make take hours.
 * @throws TrustDirectoryError, TrustPolicyError, TreeError, ReviewError REVIEW_TREE_TOO_LARGE
 */
export function readReviewableTrust(tree: FileTree, folder: string): Trust {
  const trust = compileTrust(readTrust(tree, folder));
  const { size } = new Set([...trust.stores.values()].flat().map(({ thumbprint }) => thumbprint));
  if (size <= CERTIFICATES_MAX) return trust;
  throw new ReviewError(
    "REVIEW_TREE_TOO_LARGE",
    `${tree.shown(folder)} has ${size} certificates in its trust stores, more than ${CERTIFICATES_MAX}: nobody can review that; take out what need not be trusted`,
  );
}
