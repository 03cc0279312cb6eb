import { messageOf } from "../../../components/errors";
import type { Descriptor } from "../../../components/notary/descriptor";
import { openEnvelope } from "../../../components/notary/envelope/open";
import type { SignatureRepository } from "../../../components/notary/signatureRepository";
import { fetchSignature } from "../../../components/notary/signing/fetchSignature";
import { SIGNATURE_ARTIFACT_TYPE } from "../../../components/notary/signing/manifest";
import { describeError, EXIT } from "./error";
import { openImage } from "./image";
import type { InspectedCertificate } from "./inspectedCertificate";
import { type InspectedSignature, inspectContent } from "./inspection";
import { MAX_SIGNATURES } from "./list";
import { IMAGE_OPTIONS, IMAGE_OPTIONS_HELP } from "./registryOptions";
import { printJson, printLine, type Terminal, warn } from "./terminal";
import { entryNodes, renderTree, type TreeNode } from "./tree";
import type { Verb } from "./verb";

const HELP = `breakwater inspect REF [OPTIONS]
What each signature of an image says: algorithm, attributes, certificates, the artifact that it signs. A signature is
shown only when it has integrity; whether its signer is to be trusted, \`breakwater verify\` decides.

  REF                   host[:port]/repository@sha256:… or host[:port]/repository:tag
  --max-signatures N    inspect at most N signatures; 100 when absent
${IMAGE_OPTIONS_HELP}
  --json                as JSON, alone on standard output
  -h, --help            this text

JSON: {reference, digest, mediaType, signatures: [{mediaType, digest, signatureAlgorithm, signedAttributes,
  userDefinedAttributes, unsignedAttributes, certificates: [{SHA256Fingerprint, issuedTo, issuedBy, expiry}],
  signedArtifact: {mediaType, digest, size}}], skipped: [{digest, code, message}]}: what \`notation inspect -o json\`
  prints, and what could not be shown. Times are RFC 3339.

Exit codes: 0 all shown, 1 at least one signature cannot be shown, 2 no answer (registry, arguments); with --json then
  {error: {code, message}}.

Examples:
  breakwater inspect registry.example.com/app:v1
  breakwater inspect registry.example.com/app@sha256:… --json | jq .signatures[].signedAttributes`;

interface Skipped {
  readonly digest: string;
  readonly code: string;
  readonly message: string;
}

export const inspect: Verb = {
  name: "inspect",
  summary: "what each signature of an image says",
  help: HELP,
  options: { ...IMAGE_OPTIONS, "max-signatures": { type: "string" } },
  async run(args, terminal) {
    const max = args.count("max-signatures") ?? MAX_SIGNATURES;
    const { reference, descriptor, signatures } = await openImage(args, terminal, { deed: "inspect" });
    const listed = await signatures.listSignatures(descriptor);
    const shown: InspectedSignature[] = [];
    const skipped: Skipped[] = [];
    for (const manifest of listed.slice(0, max)) {
      const result = await inspectSignature(signatures, manifest);
      if ("code" in result) skipped.push(result);
      else shown.push(result);
    }
    if (args.flag("json")) {
      const { digest, mediaType } = descriptor;
      printJson(terminal, { reference, digest, mediaType, signatures: shown, skipped });
    } else printTree(terminal, reference, shown, listed.length);
    for (const { digest, code, message } of skipped) warn(terminal, `${digest} is not shown: ${message} [${code}]`);
    if (listed.length > max)
      warn(terminal, `${listed.length} signatures, of which ${max} are inspected: raise --max-signatures`);
    return skipped.length > 0 ? EXIT.no : EXIT.yes;
  },
};

/** What is wrong with one signature keeps none of the others from being shown, as in notation. */
async function inspectSignature(
  signatures: SignatureRepository,
  manifest: Descriptor,
): Promise<InspectedSignature | Skipped> {
  const { digest } = manifest;
  try {
    const { envelope, envelopeMediaType } = await fetchSignature(signatures, manifest);
    return inspectContent(await openEnvelope(envelope, envelopeMediaType), envelopeMediaType, digest);
  } catch (error) {
    return { digest, code: describeError(error).code, message: messageOf(error) };
  }
}

function printTree(terminal: Terminal, reference: string, shown: readonly InspectedSignature[], listed: number): void {
  if (listed === 0) {
    printLine(terminal.out, `${reference} has no associated signature`);
    return;
  }
  printLine(terminal.err, "What signatures say of themselves; whether to trust it, `breakwater verify` decides.");
  printLine(terminal.out, "Inspecting all signatures for signed artifact");
  const children = [{ text: SIGNATURE_ARTIFACT_TYPE, children: shown.map(signatureNode) }];
  for (const line of renderTree({ text: reference, children })) printLine(terminal.out, line);
}

function signatureNode(signature: InspectedSignature): TreeNode {
  const { timestampSignature, signingAgent } = signature.unsignedAttributes;
  const { mediaType, digest, size } = signature.signedArtifact;
  const unsigned: TreeNode[] = [
    ...(timestampSignature ? [timestampNode(timestampSignature)] : []),
    ...(signingAgent !== undefined ? [{ text: `signingAgent: ${signingAgent}` }] : []),
  ];
  return {
    text: signature.digest,
    children: [
      { text: `media type: ${signature.mediaType}` },
      { text: `signature algorithm: ${signature.signatureAlgorithm}` },
      { text: "signed attributes", children: entryNodes(signature.signedAttributes) },
      { text: "user defined attributes", children: entryNodes(signature.userDefinedAttributes) },
      { text: "unsigned attributes", children: unsigned },
      certificatesNode(signature.certificates),
      {
        text: "signed artifact",
        children: [{ text: `media type: ${mediaType}` }, { text: `digest: ${digest}` }, { text: `size: ${size}` }],
      },
    ],
  };
}

function timestampNode({
  timestamp,
  certificates = [],
  error,
}: NonNullable<InspectedSignature["unsignedAttributes"]["timestampSignature"]>): TreeNode {
  const children =
    error === undefined
      ? [{ text: `timestamp: ${timestamp}` }, certificatesNode(certificates)]
      : [{ text: `error: ${error}` }];
  return { text: "timestamp signature", children };
}

function certificatesNode(certificates: readonly InspectedCertificate[]): TreeNode {
  return {
    text: "certificates",
    children: certificates.map(({ SHA256Fingerprint, issuedTo, issuedBy, expiry }) => ({
      text: `SHA256 fingerprint: ${SHA256Fingerprint}`,
      children: [{ text: `issued to: ${issuedTo}` }, { text: `issued by: ${issuedBy}` }, { text: `expiry: ${expiry}` }],
    })),
  };
}
