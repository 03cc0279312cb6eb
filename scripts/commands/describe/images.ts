import { isUnknown } from "../../../components/provider/wire";
import { certificatesOf, named, shownCertificates } from "./certificates";
import {
  entriesOf,
  type Fact,
  group,
  type Inputs,
  list,
  objectOf,
  ofKnown,
  one,
  plain,
  set,
  text,
  unshown,
} from "./fact";

export function pushedImageFacts({ registry, repository, tag, digest, origin, source, children }: Inputs): Fact[] {
  const from = ofKnown(", from ", origin ?? source);
  return [
    one("repository", repository, `${text(repository)}:${text(tag)}${ofKnown("@", digest)}${from}`),
    one("tag", tag),
    one("digest", digest),
    set("manifests below it", digestsOf(children)),
    one("made from", origin ?? source),
    plain("registry", registry),
  ];
}

export function signedImageFacts(inputs: Inputs): Fact[] {
  const { image, identity, trust, acceptWeaker, format = "jws", expiry, userMetadata, timestamp } = inputs;
  const { certificate, keyFile } = objectOf(identity);
  const envelope = text(format).toUpperCase();
  const { url, roots } = objectOf(timestamp);
  const rules = `${ofKnown(", expires after ", expiry)}${ofKnown(", timestamped by ", url)}`;
  const words = `signed as ${envelope}${signedBy(certificate, keyFile)}${rules}, and pushed only if the trust verifies it`;
  return [
    imageFact(image),
    one("format", envelope, words),
    signerFact(identity),
    one("expiry", expiry),
    set("user metadata", isUnknown(userMetadata) ? userMetadata : entriesOf(userMetadata)),
    group("time stamping authority", timestamp, text(url), [
      one("", url),
      set("roots", Array.isArray(roots) ? roots.flatMap(shownCertificates) : roots),
    ]),
    set("accepted weaknesses", acceptWeaker),
    judged(trust),
  ];
}

export function verifiedImageFacts({ image, trust, acceptWeaker, userMetadata, maxSignatures }: Inputs): Fact[] {
  const accepted = Array.isArray(acceptWeaker) ? list(acceptWeaker) : "";
  const words = `verified at every run, or \`up\` fails${accepted === "" ? "" : `; accepts weaker ${accepted}`}`;
  return [
    { ...imageFact(image), said: "" },
    set("accepted weaknesses", acceptWeaker, words),
    set("required user metadata", isUnknown(userMetadata) ? userMetadata : entriesOf(userMetadata)),
    one("signatures looked at", maxSignatures),
    judged(trust),
  ];
}

export function shadowCheckFacts(inputs: Inputs, project: string): Fact[] {
  const words = `labels each image of ${project} as trusted or not, by the declared trust`;
  return [
    one("project", project, words),
    one("label prefix", inputs.labelPrefix),
    judged(inputs.trust),
    plain("registry", inputs.registry),
  ];
}

export function builtImageFacts({ build }: Inputs): Fact[] {
  return [{ ...plain("build", build), said: "built by Docker Engine on this machine" }];
}

/** Its trust is shown where it is declared. */
function judged(trust: unknown): Fact {
  return unshown("trust", trust, "is judged by the changed trust");
}

function imageFact(image: unknown): Fact {
  const { registry, repository, digest, mediaType: _type, size: _size, children, ...rest } = objectOf(image);
  const { host, ...connection } = objectOf(registry);
  const isPlaced = ofKnown("", host) !== "" && ofKnown("", repository) !== "";
  const place = `${text(host)}/${text(repository)}`;
  const reference = `${place}@${text(digest)}`;
  const parts = [
    one("", reference),
    set("manifests below it", digestsOf(children)),
    plain("registry", connection),
    ...Object.entries(rest).map(([name, value]) => plain(name, value)),
  ];
  return group("image", image, reference, parts, isPlaced ? `${place}${ofKnown("@", digest)}` : "");
}

function digestsOf(children: unknown): unknown {
  return Array.isArray(children) ? children.map((child) => objectOf(child).digest ?? child) : children;
}

function signedBy(certificate: unknown, keyFile: unknown): string {
  const [leaf] = certificatesOf(certificate) ?? [];
  if (leaf !== undefined) return ` by ${named(leaf)}`;
  return ofKnown(" with the key ", keyFile) || " by an identity that is still to be made";
}

function signerFact(identity: unknown): Fact {
  const { certificate, keyFile } = objectOf(identity);
  const [leaf, ...above] = certificatesOf(certificate)?.map(named) ?? [];
  const signer = leaf ?? text(isUnknown(certificate) ? certificate : undefined);
  return group("signer", identity, signer, [
    one("", signer),
    set("certificates above it", above),
    one("key file", keyFile),
  ]);
}
