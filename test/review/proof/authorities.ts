import "reflect-metadata";
import { KeyUsageFlags } from "@peculiar/x509";
import * as make from "../../support/certificates";
import { makeCrl } from "../../support/crl";
import { freePort } from "../../support/ports";
import { startTsa } from "../../support/tsa";
import { stampsOf, startLists } from "./services";

const DAY = 86_400_000;
/** `days` from now, in whole seconds; notation has no clock but the machine's. */
export const inDays = (days: number) => new Date(Math.floor((Date.now() + days * DAY) / 1000) * 1000);
/** When a certificate that has expired since was valid, in days from now. */
export const WHILE_VALID = -10;

export const ACME = "C=US, ST=WA, O=Acme";
export const RELEASE = `${ACME}, OU=Release`;
export const NIGHTLY = `${ACME}, OU=Nightly`;
export const VENDOR = "C=DE, ST=BE, O=Vendor";
export const VENDOR_BUILD = `${VENDOR}, OU=Build`;
export const PARTNER = "C=FR, ST=PA, O=Partner";
const TIME = "C=US, ST=WA, O=Time";

/** Everybody who signs or vouches, made for one run, and what answers on loopback. */
export interface Authorities {
  readonly roots: Roots;
  readonly signers: Awaited<ReturnType<typeof makeSigners>>;
  readonly stamps: Awaited<ReturnType<typeof startStamps>>;
  stop(): Promise<void>;
}

export type Roots = Awaited<ReturnType<typeof makeRoots>>;

export async function startAuthorities(): Promise<Authorities> {
  const roots = await makeRoots();
  const lists = await startLists();
  const signers = await makeSigners(roots, lists.url);
  const [thisUpdate, nextUpdate] = [inDays(-1), inDays(7)];
  const entries = [{ certificate: signers.revoked, date: inDays(-5) }];
  lists.publish(makeCrl({ issuer: roots.acme, thisUpdate, nextUpdate, entries }));
  const stamps = await startStamps(roots);
  const stop = async () => {
    await Promise.all([stamps.stop(), lists.stop()]);
  };
  return { roots, signers, stamps, stop };
}

async function makeRoots() {
  const root = (subject: string) =>
    make.goodRoot({ subject, notBefore: inDays(-60), notAfter: inDays(365), extensions: CA_EXTENSIONS() });
  const acme = await root(`${ACME}, CN=root`);
  const renewed = { notBefore: inDays(-40), notAfter: inDays(700), keys: acme.keys };
  return {
    acme,
    /** Another certificate for the name and the key of `acme`. */
    acmeRenewed: await make.goodRoot({ subject: acme.name, extensions: CA_EXTENSIONS(), ...renewed }),
    /** The name of `acme`, another key. */
    impostor: await root(`${ACME}, CN=root`),
    vendor: await root(`${VENDOR}, CN=root`),
    partner: await root(`${PARTNER}, CN=root`),
    /** Of a signing authority. */
    agency: await root(`${ACME}, CN=agency root`),
    time: await root(`${TIME}, CN=root`),
    timeImpostor: await root(`${TIME}, CN=root`),
    otherTime: await root(`${TIME}, CN=other root`),
  };
}

async function makeSigners({ acme, acmeRenewed, impostor, vendor, partner, agency }: Roots, listUrl: string) {
  const validity = { notBefore: inDays(-30), notAfter: inDays(30) };
  const expired = { notBefore: inDays(-30), notAfter: inDays(-2) };
  const caValidity = { notBefore: inDays(-60), notAfter: inDays(300) };
  const extensions = CA_EXTENSIONS(0);
  const issuing = await make.goodIntermediate(acme, { subject: `${ACME}, CN=issuing`, ...caValidity, extensions });
  /** The same certificate, in a chain that ends in the renewed root. */
  const issuingRenewed = { ...issuing, chainPem: issuing.pem + acmeRenewed.pem };
  const leaf = (issuer: make.TestCertificate, subject: string, more: make.CertificateOptions = {}) =>
    make.goodLeaf(issuer, { subject, ...validity, ...more });
  const revocable = (name: string, url: string) =>
    leaf(acme, `${RELEASE}, CN=${name}`, { extensions: [...LEAF_EXTENSIONS(), make.crlDistributionPoint(url)] });
  return {
    /** No signer: the CA of some. */
    issuing,
    release: await leaf(issuing, `${RELEASE}, CN=ci`),
    renewed: await leaf(issuingRenewed, `${RELEASE}, CN=renewed`),
    rsa: await leaf(acme, `${RELEASE}, CN=rsa`, { keySpec: "RSA-2048" }),
    p384: await leaf(issuing, `${RELEASE}, CN=p384`, { keySpec: "EC-384" }),
    nightly: await leaf(issuing, `${NIGHTLY}, CN=ci`),
    somebody: await leaf(acme, `${ACME}, CN=somebody`),
    vendor: await leaf(vendor, `${VENDOR}, CN=one`),
    vendorBuild: await leaf(vendor, `${VENDOR_BUILD}, CN=two`),
    partner: await leaf(partner, `${PARTNER}, CN=one`),
    /** A name of Acme's, given away by another CA. */
    cross: await leaf(vendor, `${RELEASE}, CN=ci`),
    impostor: await leaf(impostor, `${RELEASE}, CN=ci`),
    /** In a trust store itself. */
    pinned: await make.selfSignedLeaf({ subject: `${RELEASE}, CN=pinned`, ...validity }),
    stranger: await make.selfSignedLeaf({ subject: `${RELEASE}, CN=pinned`, ...validity }),
    expired: await leaf(issuing, `${RELEASE}, CN=expired`, expired),
    early: await leaf(acme, `${RELEASE}, CN=early`, { notBefore: inDays(2), notAfter: inDays(30) }),
    agency: await leaf(agency, `${RELEASE}, CN=agency`),
    agencyExpired: await leaf(agency, `${RELEASE}, CN=agency expired`, expired),
    listed: await revocable("listed", listUrl),
    revoked: await revocable("revoked", listUrl),
    /** Its revocation list is where nobody listens. */
    unlisted: await revocable("unlisted", `http://127.0.0.1:${await freePort()}/acme.crl`),
  };
}

async function startStamps({ time, otherTime }: Roots) {
  const tsa = await startTsa({ root: time });
  const past = async (root: make.TestCertificate) => {
    const validity = { notBefore: inDays(-30), notAfter: inDays(30) };
    const leaf = await make.goodTsaLeaf(root, { subject: `${TIME}, CN=tsa`, ...validity });
    return { server: stampsOf(leaf, inDays(WHILE_VALID)), root };
  };
  return { tsa, past: await past(time), otherPast: await past(otherTime), stop: tsa.stop };
}

const LEAF_EXTENSIONS = () => [
  make.keyUsage(make.digitalSignature),
  make.extendedKeyUsage(make.ExtendedKeyUsage.codeSigning),
];
const CA_EXTENSIONS = (pathLength?: number) => [
  make.basicConstraints(true, pathLength),
  make.keyUsage(make.keyCertSign | KeyUsageFlags.cRLSign),
];
