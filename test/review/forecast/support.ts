import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Certificate, parseCertificate } from "../../../components/notary/certificates/certificate";
import { KeyUsageFlags } from "../../../components/notary/certificates/usage";
import type { Descriptor } from "../../../components/notary/descriptor";
import type { SignatureRepository } from "../../../components/notary/signatureRepository";
import { localSigner } from "../../../components/notary/signing/localSigner";
import { packSignature } from "../../../components/notary/signing/manifest";
import { type SignArtifactArgs, signArtifact } from "../../../components/notary/signing/signArtifact";
import type { SignatureVerification } from "../../../components/notary/trust/document";
import type { TrustState } from "../../../components/review/state/state";
import * as make from "../../support/certificates";
import { anHourAgo } from "../../support/clock";
import { side } from "../support";

/** Whole seconds, as certificates have them. */
export const TODAY = new Date(Math.floor(Date.now() / 1000) * 1000);
export const inDays = (days: number) => new Date(TODAY.getTime() + Math.round(days * 86_400) * 1000);
/** The first moment after one. */
export const just = (date: Date) => new Date(date.getTime() + 1).toISOString();

export interface ChainOptions {
  /** Days from today at whose end each certificate expires. */
  leaf?: number;
  intermediate?: number;
  root?: number;
  /** Of the leaf. */
  extensions?: make.CertificateOptions["extensions"];
  name?: string;
}

export interface Chain {
  root: make.TestCertificate;
  intermediate: make.TestCertificate;
  leaf: make.TestCertificate;
}

/** A signer's chain that began an hour ago; its CAs may sign CRLs. */
export async function chainOf(options: ChainOptions = {}): Promise<Chain> {
  const { leaf = 30, intermediate = 60, root = 90, extensions = [], name = "signer" } = options;
  const subject = (what: string) => `C=US, ST=WA, O=wabbit-networks.io, CN=${name} ${what}`;
  const until = (days: number, what: string) => ({
    notBefore: anHourAgo(),
    notAfter: inDays(days),
    subject: subject(what),
  });
  const ca = [make.basicConstraints(true), make.keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)];
  const top = await make.goodRoot({ ...until(root, "root"), extensions: ca });
  const middle = await make.goodIntermediate(top, { ...until(intermediate, "intermediate"), extensions: ca });
  const codeSigning = [make.keyUsage(make.digitalSignature), make.extendedKeyUsage(make.ExtendedKeyUsage.codeSigning)];
  const bottom = await make.goodLeaf(middle, {
    ...until(leaf, "leaf"),
    extensions: [...codeSigning, ...extensions],
  });
  return { root: top, intermediate: middle, leaf: bottom };
}

export const parsed = ({ der }: make.TestCertificate): Certificate => parseCertificate(der);

/** Signs and pushes. */
export async function signBy(
  signatures: SignatureRepository,
  descriptor: Descriptor,
  { leaf }: Chain,
  more: Partial<SignArtifactArgs> = {},
): Promise<void> {
  const signer = localSigner({ privateKey: leaf.privateKey, certificateChain: leaf.chainPem });
  const signed = await signArtifact({ descriptor, signer, clock: () => new Date(), ...more });
  const { certificateChain } = signer;
  await signatures.pushSignature(
    packSignature({ ...signed, subject: descriptor, certificateChain, created: signed.signingTime }),
  );
}

export interface TrustOptions {
  verification?: SignatureVerification;
  tsa?: string;
  hostname?: string;
}

/** One stack, `production`, that trusts the anchors. */
export function trusting(anchors: readonly make.TestCertificate[], options: TrustOptions = {}): TrustState {
  const { verification = { level: "strict" }, tsa, hostname } = options;
  const isSkip = verification.level === "skip";
  const stores: Record<string, string[]> = isSkip ? {} : { "ca:signers": anchors.map(({ pem }) => pem) };
  if (tsa !== undefined) stores["tsa:time"] = [tsa];
  const trustPolicy = {
    name: "images",
    registryScopes: [isSkip ? "registry.example/app" : "*"],
    signatureVerification: verification,
    ...(!isSkip && { trustStores: Object.keys(stores), trustedIdentities: ["*"] }),
  };
  const trust = { policy: { version: "1.0" as const, trustPolicies: [trustPolicy] }, stores };
  return side("the working folder", { production: { trust, ...(hostname !== undefined && { hostname }) } });
}

/** Answers on loopback over HTTP: by path, with what is there at that moment. */
export interface AnswerServer {
  readonly url: string;
  readonly answers: Map<string, Buffer>;
  /** Paths that were asked for. */
  readonly asked: string[];
  stop(): Promise<void>;
}

export async function startAnswers(): Promise<AnswerServer> {
  const answers = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    // An OCSP request comes below its responder's path.
    const path = `/${(request.url ?? "").split("/")[1]}`;
    asked.push(path);
    const answer = answers.get(path);
    request.resume();
    if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "application/ocsp-response" }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
