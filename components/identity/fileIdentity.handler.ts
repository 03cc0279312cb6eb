import { messageOf } from "../errors";
import { resolvePath } from "../files/paths";
import { requireSigningChain } from "../notary/certificates/chain";
import { certificatePem, parseCertificatesPem } from "../notary/certificates/pem";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { requireSigningKey } from "./signingKeyFile";

export interface FileIdentityInputs {
  readonly name: string;
  /** PEM, leaf first, complete up to the root; committed. */
  readonly certificate: string;
  /** PKCS#8 PEM, 0600; absolute, or relative to the project's folder. Its content is in no state. */
  readonly keyFile: string;
  /** Of the leaf; added by `check`, so that a preview shows whose signatures will be made. */
  readonly subject?: string;
  /** SHA-256 of the leaf's DER, lower-case hex. */
  readonly thumbprint?: string;
  /** ISO 8601. */
  readonly notAfter?: string;
}

/**
 * A signing identity whose certificate is committed, and whose key lies on the machine that signs. A preview needs no key; an
 * `up` fails when the key is missing, open to others, or not that of the certificate. Nothing is written or deleted.
 */
export const fileIdentity: ResourceDefinition<FileIdentityInputs, Record<never, never>> = {
  compared: ["certificate", "keyFile"],

  async check(news) {
    try {
      const chain = parseCertificatesPem(news.certificate);
      requireSigningChain(chain);
      const [leaf] = chain;
      const facts = leaf && {
        subject: leaf.subject,
        thumbprint: leaf.thumbprint,
        notAfter: leaf.notAfter.toISOString(),
      };
      return { ...news, ...facts, certificate: chain.map(({ raw }) => certificatePem(raw)).join("") };
    } catch (error) {
      throw new PropertyError("certificate", messageOf(error), { cause: error });
    }
  },

  async create(inputs) {
    await requireSigningKey(keyOf(inputs));
    return { id: inputs.thumbprint ?? inputs.name, outputs: {} };
  },

  async observe(state) {
    try {
      await requireSigningKey(keyOf(state));
      return { drift: "" };
    } catch (error) {
      return { drift: messageOf(error) };
    }
  },

  async update(_state, inputs) {
    await requireSigningKey(keyOf(inputs));
    return {};
  },

  async delete() {},
};

function keyOf({ name, certificate, keyFile }: FileIdentityInputs) {
  return { name, path: resolvePath(keyFile), shownPath: keyFile, certificateChain: certificate };
}
