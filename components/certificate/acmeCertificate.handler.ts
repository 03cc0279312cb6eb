import { deleteOwnedFiles, driftOfOwnedFiles, type OwnedFile, writeOwnedFiles } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import type { ResourceDefinition } from "../provider/definition";
import { CERTIFICATE_FILES } from "./certificateFiles";
import { type AcmeCertificateInputs, checkAcmeInputs } from "./acmeCertificateInputs";
import { serverOf } from "./acmeServer";
import { type CertificateFacts, inspectChain } from "./chain";
import { clearLeftOvers, driftOfChallenge } from "./challenge";
import { deleteJournals, endOrder, writeIssuer } from "./journal";
import { type IssuedCertificate, orderCertificate } from "./order";
import { isAskDue, type RenewalInfo, renewalReason } from "./renewal";
import { askRenewalInfo } from "./renewalInfo";
import { requireServable } from "./servable";

/** `privateKey` is a secret. */
export interface AcmeCertificateOutputs extends IssuedCertificate, CertificateFacts {
  /** When the server suggests to renew; asked for again by each refresh that comes after the time that the server said. */
  readonly renewal?: RenewalInfo;
}

/**
 * A TLS certificate by ACME. An issued certificate never changes: renewal makes a new one, whose id (its thumbprint) tells
 * those who serve it to load it; an update only writes its files again.
 */
export const acmeCertificate: ResourceDefinition<AcmeCertificateInputs, AcmeCertificateOutputs> = {
  // Where the server is and how it is trusted is no part of the certificate: a restarted test server changes nothing.
  compared: ["authority", "identifiers", "profile", "directory"],
  replaceOn: ["authority", "identifiers", "profile", "directory"],

  async check(news, olds) {
    return checkAcmeInputs(news, olds);
  },

  async create(inputs) {
    const directory = resolvePath(inputs.directory);
    const server = serverOf(inputs.server);
    const issued = await orderCertificate({ ...inputs, server, directory }, new Date());
    await writeOwnedFiles(directory, filesOf(issued));
    await writeIssuer(directory, server.url);
    const facts = inspectChain(issued.chain);
    const renewal = await askRenewalInfo(server, issued.chain, new Date());
    return { id: facts.thumbprint, outputs: { ...issued, ...facts, renewal } };
  },

  async observe(state) {
    const directory = resolvePath(state.directory);
    await endOrder(directory, state.privateKey).catch(() => undefined); // a folder of others': the server ends it one day
    const files = await driftOfOwnedFiles(directory, filesOf(state));
    const drift = files || (await driftOfChallenge(state.challenge, directory));
    const now = new Date();
    if (!isAskDue(state, now)) return { drift };
    return {
      drift,
      outputs: { renewal: await askRenewalInfo(serverOf(state.server), state.chain, now, state.renewal) },
    };
  },

  replaceBecause(state) {
    return renewalReason(state, new Date());
  },

  async update(state, inputs) {
    const directory = resolvePath(state.directory);
    requireServable(state, { names: state.identifiers, now: new Date() });
    await clearLeftOvers(inputs.challenge, directory);
    await writeOwnedFiles(directory, filesOf(state));
    const { chain, privateKey, root, subjectAltName, issuer, notBefore, notAfter, thumbprint, renewal } = state;
    const issued = { chain, privateKey, ...(root && { root }), ...(renewal && { renewal }) };
    return { ...issued, subjectAltName, issuer, notBefore, notAfter, thumbprint };
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
