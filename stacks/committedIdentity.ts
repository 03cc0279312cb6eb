import { readFileSync } from "node:fs";
import { messageOf } from "../components/errors";
import { resolvePath } from "../components/files/paths";
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

function contentOf(file: string, name: string): string {
  try {
    return readFileSync(resolvePath(file), "utf8");
  } catch (error) {
    throw new ConfigError(
      "IDENTITY_CERTIFICATE_MISSING",
      `the certificate of the identity "${name}" is not committed (${messageOf(error)}): put it into ${file}, and what it is trusted by into the trust stores beside`,
      { cause: error },
    );
  }
}
