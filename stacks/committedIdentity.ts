import { messageOf } from "../components/errors";
import { FolderTree } from "../components/files/folderTree";
import { projectRoot } from "../components/files/paths";
import { requireSigningChain } from "../components/notary/certificates/chain";
import { parseCertificatesPem } from "../components/notary/certificates/pem";
import { ConfigError } from "./error";

/**
 * The certificate of a signing identity as committed with the stack's trust, leaf first, PEM: `localkeys/NAME.crt`, where notation
 * keeps it. It is one that may sign: from the resource's own check the engine would print the whole PEM text.
 * @throws ConfigError IDENTITY_CERTIFICATE_MISSING, IDENTITY_CERTIFICATE_INVALID
 */
export function readCommittedChain(stack: string, name: string): string {
  const file = `stacks/${stack}/trust/localkeys/${name}.crt`;
  const pem = contentOf(file, name);
  try {
    requireSigningChain(parseCertificatesPem(pem));
    return pem;
  } catch (error) {
    throw new ConfigError("IDENTITY_CERTIFICATE_INVALID", `${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** As a review reads it: no link is followed. */
function contentOf(file: string, name: string): string {
  const tree = new FolderTree(projectRoot);
  try {
    if (tree.entry(file)?.kind === "file") return tree.read(file).toString("utf8");
  } catch (error) {
    throw missing(file, name, messageOf(error), error);
  }
  throw missing(file, name, "there is no such file, and links are not followed");
}

function missing(file: string, name: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(
    "IDENTITY_CERTIFICATE_MISSING",
    `the certificate of the identity "${name}" is not committed (${why}): put it into ${file}, and what it is trusted by into the trust stores beside`,
    { cause },
  );
}
