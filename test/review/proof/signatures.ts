import { parseCertificate } from "../../../components/notary/certificates/certificate";
import { parseCertificatesPem } from "../../../components/notary/certificates/pem";
import type { Descriptor } from "../../../components/notary/descriptor";
import { HEADER } from "../../../components/notary/envelope/header";
import { localSigner } from "../../../components/notary/signing/localSigner";
import { type SignArtifactArgs, signArtifact } from "../../../components/notary/signing/signArtifact";
import { httpTimestampServer } from "../../../components/pki/timestampServer";
import { FORMATS } from "../../notary/envelopes";
import type { TestCertificate } from "../../support/certificates";
import { anHourAgo } from "../../support/clock";
import { unreachable } from "../../support/revocation";
import { type Authorities, inDays, WHILE_VALID } from "./authorities";

/** One signature to be pushed beside an image. */
export interface MadeSignature {
  readonly envelope: Buffer;
  readonly envelopeMediaType: string;
  readonly signer: TestCertificate;
  readonly signingTime: Date;
}

export type Format = "jws" | "cose";
export type Make = (authorities: Authorities, image: Descriptor, format: Format) => Promise<MadeSignature>;
type SignerName = keyof Authorities["signers"];

/** By our signer, an hour ago unless told. */
export function by(name: SignerName, more: Partial<SignArtifactArgs> = {}): Make {
  return (authorities, descriptor, format) => signed(authorities.signers[name], { descriptor, format, ...more });
}

async function signed(
  signer: TestCertificate,
  args: Partial<SignArtifactArgs> & Pick<SignArtifactArgs, "descriptor">,
): Promise<MadeSignature> {
  const { privateKey, chainPem } = signer;
  const local = localSigner({ privateKey, certificateChain: chainPem });
  return { ...(await signArtifact({ signer: local, clock: anHourAgo, ...args })), signer };
}

export const whileValid = () => inDays(WHILE_VALID);

/** Countersigned by an authority that stamped it while the signer's certificate was valid. */
export function stampedThen(name: SignerName, by: "past" | "otherPast"): Make {
  return ({ signers, stamps }, descriptor, format) => {
    const { server, root } = stamps[by];
    const timestamping = { server, roots: [parseCertificate(root.der)], revocation: unreachable };
    return signed(signers[name], { descriptor, format, clock: whileValid, timestamping });
  };
}

export const stampedNow: Make = ({ signers, stamps: { tsa } }, descriptor, format) => {
  const timestamping = {
    server: httpTimestampServer(tsa.url),
    roots: [parseCertificate(tsa.root.der)],
    revocation: unreachable,
  };
  return signed(signers.release, { descriptor, format, timestamping });
};

/** Of the scheme of signing authorities, whose word on the time is believed; our signer makes none. */
export function byAuthority(name: SignerName, time: () => Date): Make {
  return async ({ signers }, image, format) => {
    const { make, mediaType } = FORMATS[format === "jws" ? 0 : 1];
    const signer = signers[name];
    const { mediaType: type, digest, size } = image;
    const envelope = make(signer, {
      chain: parseCertificatesPem(signer.chainPem).map(({ raw: der }) => ({ ...signer, der })),
      payload: JSON.stringify({ targetArtifact: { mediaType: type, digest, size } }),
      header: {
        crit: [HEADER.signingScheme, HEADER.authenticSigningTime],
        [HEADER.signingScheme]: "notary.x509.signingAuthority",
        [HEADER.signingTime]: undefined,
        [HEADER.authenticSigningTime]: time(),
      },
    });
    return { envelope, envelopeMediaType: mediaType, signer, signingTime: time() };
  };
}

/** A good signature, changed after it was made. */
export function altered(make: Make, alter: (envelope: Buffer) => Buffer): Make {
  return async (...args) => {
    const made = await make(...args);
    return { ...made, envelope: alter(made.envelope) };
  };
}

/** In one bit of the primitive signature: the envelope can be read all the same. */
export const tampered: Make = async (authorities, image, _format) => {
  const made = await by("release")(authorities, image, "jws");
  const envelope = JSON.parse(made.envelope.toString()) as { signature: string };
  const signature = Buffer.from(envelope.signature, "base64url");
  signature[0] = (signature[0] ?? 0) ^ 1;
  return {
    ...made,
    envelope: Buffer.from(JSON.stringify({ ...envelope, signature: signature.toString("base64url") })),
  };
};
