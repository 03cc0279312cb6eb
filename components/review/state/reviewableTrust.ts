import type { FileTree } from "../../files/tree";
import { compileTrust, type Trust } from "../../notary/trust/declaration";
import { readTrust } from "../../trust/directory";
import { ReviewError } from "../error";

const CERTIFICATES_MAX = 500;
const IDENTITIES_MAX = 1000;

/**
 * A trust folder's policy and stores. Each anchor, and each identity, is compared with every other, which a pull request must not make
 * take hours.
 * @throws TrustDirectoryError, TrustPolicyError, TreeError, ReviewError REVIEW_TREE_TOO_LARGE
 */
export function readReviewableTrust(tree: FileTree, folder: string): Trust {
  const trust = compileTrust(readTrust(tree, folder));
  const { size } = new Set([...trust.stores.values()].flat().map(({ thumbprint }) => thumbprint));
  if (size > CERTIFICATES_MAX)
    throw tooMany(tree.shown(folder), "certificates in its trust stores", size, CERTIFICATES_MAX);
  const identities = trust.statements.flatMap(({ declared }) => declared.trustedIdentities ?? []).length;
  if (identities > IDENTITIES_MAX) throw tooMany(tree.shown(folder), "trusted identities", identities, IDENTITIES_MAX);
  return trust;
}

function tooMany(shown: string, what: string, count: number, most: number): ReviewError {
  return new ReviewError(
    "REVIEW_TREE_TOO_LARGE",
    `${shown} has ${count} ${what}, more than ${most}: nobody can review that; take out what need not be trusted`,
  );
}
