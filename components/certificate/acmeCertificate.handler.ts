import { deleteOwnedFiles, driftOfOwnedFiles, type OwnedFile, writeOwnedFiles } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import type { ResourceDefinition } from "../provider/definition";
import { CERTIFICATE_FILES } from "./certificateFiles";
import { type CertificateFacts, inspectChain, isRenewalDue } from "./chain";
import { deleteJournals } from "./journal";
import { type CertificateRequest, type IssuedCertificate, orderCertificate } from "./order";

export interface AcmeCertificateInputs extends CertificateRequest {
  /** Relative to the project's folder; holds `chain.pem`, `key.pem` (0600) and, from a test server, `root.pem`. */
  readonly directory: string;
}

/** `privateKey` is a secret. */
export interface AcmeCertificateOutputs extends IssuedCertificate, CertificateFacts {}

/**
 * A TLS certificate by ACME. An issued certificate never changes: renewal makes a new one, whose id (its thumbprint) tells
 * those who serve it to load it; an update only writes its files again.
 */
export const acmeCertificate: ResourceDefinition<AcmeCertificateInputs, AcmeCertificateOutputs> = {
  // Where the server is and how it is trusted is no part of the certificate: a restarted test server changes nothing.
  compared: ["identifiers", "profile", "directory"],
  replaceOn: ["identifiers", "profile", "directory"],

  async create(inputs) {
    const directory = resolvePath(inputs.directory);
    const issued = await orderCertificate({ ...inputs, directory }, new Date());
    await writeOwnedFiles(directory, filesOf(issued));
    const facts = inspectChain(issued.chain);
    return { id: facts.thumbprint, outputs: { ...issued, ...facts } };
  },

  async observe(state) {
    return { drift: await driftOfOwnedFiles(resolvePath(state.directory), filesOf(state)) };
  },

  replaceBecause(state) {
    return isRenewalDue(state, new Date())
      ? `the certificate expires on ${state.notAfter}, a third of its life or less is left: renewed`
      : undefined;
  },

  async update(state) {
    await writeOwnedFiles(resolvePath(state.directory), filesOf(state));
    const { chain, privateKey, root, subjectAltName, issuer, notBefore, notAfter, thumbprint } = state;
    return { chain, privateKey, ...(root && { root }), subjectAltName, issuer, notBefore, notAfter, thumbprint };
  },

  async delete(state) {
    const directory = resolvePath(state.directory);
    const files = filesOf(state);
    const [chain, key] = files.map((file) => driftOfOwnedFiles(directory, [file]));
    if ((await chain) !== "" && (await key) !== "") return; // a renewed certificate has taken the place
    await deleteJournals(directory);
    await deleteOwnedFiles(directory, files);
  },
};

function filesOf({ chain, privateKey, root }: IssuedCertificate): OwnedFile[] {
  return [
    { name: CERTIFICATE_FILES.chain, content: chain },
    { name: CERTIFICATE_FILES.key, content: privateKey, secret: true },
    ...(root ? [{ name: CERTIFICATE_FILES.root, content: root }] : []),
  ];
}
