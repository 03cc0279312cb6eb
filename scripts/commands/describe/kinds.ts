import { type Fact, type Inputs, plain } from "./fact";
import {
  contentTrustFacts,
  immutableRuleFacts,
  installationFacts,
  labelFacts,
  projectFacts,
  projectOf,
  robotFacts,
} from "./harbor";
import { acmeCertificateFacts, fileCertificateFacts, fileIdentityFacts, signingIdentityFacts } from "./identities";
import { builtImageFacts, pushedImageFacts, shadowCheckFacts, signedImageFacts, verifiedImageFacts } from "./images";
import { trustFacts } from "./trust";

/** By the last word of the resource's type. */
const KINDS: Readonly<Record<string, (inputs: Inputs) => Fact[]>> = {
  AcmeCertificate: acmeCertificateFacts,
  FileCertificate: fileCertificateFacts,
  HarborInstallation: installationFacts,
  HarborProject: projectFacts,
  HarborRobot: robotFacts,
  HarborContentTrust: contentTrustFacts,
  HarborImmutableRule: immutableRuleFacts,
  HarborLabel: labelFacts,
  ShadowCheck: (inputs) => shadowCheckFacts(inputs, projectOf(inputs)),
  FileIdentity: fileIdentityFacts,
  SigningIdentity: signingIdentityFacts,
  Trust: trustFacts,
  PushedImage: pushedImageFacts,
  SignedImage: signedImageFacts,
  VerifiedImage: verifiedImageFacts,
  Image: builtImageFacts,
};

/** The provider's own text, and what says how to look rather than what is declared. */
const SILENT: ReadonlySet<string> = new Set(["__provider", "lookAhead"]);

/** What is declared of a resource; of a kind of which there is nothing special to tell, its inputs by their names. */
export function factsOf(kind: string, inputs: Inputs): Fact[] {
  const declared = Object.fromEntries(Object.entries(inputs).filter(([name]) => !SILENT.has(name)));
  const facts = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return facts?.(declared) ?? Object.entries(declared).map(([name, value]) => plain(name, value));
}
