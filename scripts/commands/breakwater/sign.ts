import { weaknessesOf } from "../../../components/image/acceptWeaker";
import { secondsOf } from "../../../components/image/duration";
import { parseCertificate } from "../../../components/notary/certificates/certificate";
import { packSignature, type SignatureManifestForm } from "../../../components/notary/signing/manifest";
import { signArtifact } from "../../../components/notary/signing/signArtifact";
import { compileTrust } from "../../../components/notary/trust/declaration";
import { ruleThatFailed } from "../../../components/notary/verification/ruleThatFailed";
import type { ArtifactVerdict } from "../../../components/notary/verification/verdict";
import { verifyEnvelope } from "../../../components/notary/verification/verifyArtifact";
import { readNotationConfig } from "../../../components/notation/config";
import { notationFolder, requireNotationFolder } from "../../../components/notation/folder";
import { httpRevocationSource } from "../../../components/pki/revocationSource";
import { readTrustDirectory } from "../../../components/trust/directory";
import type { VerbArguments } from "./arguments";
import { EXIT, VerbError } from "./error";
import { openImage } from "./image";
import { IMAGE_OPTIONS, IMAGE_OPTIONS_HELP } from "./registryOptions";
import { KEY_OPTIONS, KEY_OPTIONS_HELP, signerOf } from "./signingKey";
import { printJson, printLine, type Terminal, warn } from "./terminal";
import { TIMESTAMP_OPTIONS, TIMESTAMP_OPTIONS_HELP, timestampingOf } from "./timestamping";
import type { Verb } from "./verb";

const HELP = `breakwater sign REF [--key NAME] [OPTIONS]
Signs an image and stores the signature beside it.

  REF                   host[:port]/repository@sha256:… or host[:port]/repository:tag
  --config DIR          the notation configuration folder that has the key's name.
                        Default: NOTATION_CONFIG, else ~/.config/notation
${KEY_OPTIONS_HELP}
  --trust DIR           judge the signature under the trust of this notation configuration folder before it is pushed:
                        one that it refuses is not pushed
  --signature-format F  jws or cose. Default: signatureFormat of notation's config.json, else jws
  -e, --expiry TIME     the signature expires so long after signing: hours, minutes, seconds, as in 24h or 1h30m
  -m, --user-metadata K=V   sign this along with the image; may be given again
${TIMESTAMP_OPTIONS_HELP}
  --form FORM           form of the signature manifest: artifactType, or legacy, the only one that notation 1.3 finds in
                        an OCI layout. Default: legacy with --oci-layout, else artifactType
${IMAGE_OPTIONS_HELP}
  --json                {reference, digest, signature: {digest, mediaType}, signer: {subject, issuer, thumbprint},
                        signingTime, timestamped, trusted}, alone on standard output; trusted is null without --trust
  -h, --help            this text

Exit codes: 0 signed, 1 the trust of --trust refuses the signature, and nothing was pushed, 2 not signed (registry,
  key, arguments); with --json then {error: {code, message}}.

Examples:
  breakwater sign registry.example.com/app@sha256:… --key wabbit-networks.io --trust ./trust
  breakwater sign registry.example.com/app:v1 --key-file key.pem --certificate-chain chain.pem --expiry 24h`;

const FORMATS = ["jws", "cose"] as const;
const FORMS: readonly SignatureManifestForm[] = ["artifactType", "legacy"];

export const sign: Verb = {
  name: "sign",
  summary: "sign an image",
  help: HELP,
  options: {
    ...IMAGE_OPTIONS,
    ...KEY_OPTIONS,
    ...TIMESTAMP_OPTIONS,
    config: { type: "string" },
    trust: { type: "string" },
    "signature-format": { type: "string" },
    expiry: { type: "string", short: "e" },
    "user-metadata": { type: "string", short: "m", multiple: true },
    form: { type: "string" },
  },
  async run(args, terminal) {
    const given = args.path("config");
    if (given !== undefined) requireNotationFolder(given);
    const config = given ?? notationFolder(terminal.env);
    const expiry = args.text("expiry");
    const expirySeconds = expiry === undefined ? undefined : secondsOf(expiry);
    const userMetadata = args.pairs("user-metadata");
    const format = formatOf(args, config);
    const form = args.oneOf("form", FORMS) ?? (args.text("oci-layout") === undefined ? "artifactType" : "legacy");
    args.only("REF");
    const trust = trustOf(args);
    const signer = await signerOf(args, config, terminal.folder);
    const revocation = httpRevocationSource();
    const timestamping = await timestampingOf(args, revocation);
    const { reference, descriptor, signatures } = await openImage(args, terminal, { deed: "sign", config });

    const clock = terminal.clock;
    const { envelope, envelopeMediaType, signingTime } = await signArtifact({
      descriptor,
      signer,
      clock,
      format,
      userMetadata,
      ...(expirySeconds !== undefined && { expirySeconds }),
      ...(timestamping && { timestamping }),
    });
    if (trust) {
      const { scope } = signatures;
      const judged = { envelope, envelopeMediaType, artifact: descriptor, scope, trust, clock, revocation };
      requireTrusted(await verifyEnvelope(judged), reference, terminal);
    }
    const { certificateChain } = signer;
    const packed = packSignature({
      envelope,
      envelopeMediaType,
      subject: descriptor,
      certificateChain,
      created: signingTime,
      form,
    });
    await signatures.pushSignature(packed);

    const [leaf] = certificateChain.map(parseCertificate);
    if (args.flag("json")) {
      printJson(terminal, {
        reference,
        digest: descriptor.digest,
        signature: { digest: packed.digest, mediaType: envelopeMediaType },
        signer: { subject: leaf?.subject, issuer: leaf?.issuer, thumbprint: leaf?.thumbprint },
        signingTime: signingTime.toISOString(),
        timestamped: timestamping !== undefined,
        trusted: trust === undefined ? null : true,
      });
    } else {
      printLine(terminal.out, `Successfully signed ${reference}`);
      printLine(terminal.out, `  Signature  ${packed.digest}`);
      printLine(terminal.out, `  Signer     ${leaf?.subject}`);
    }
    return EXIT.yes;
  },
};

function formatOf(args: VerbArguments, config: string): (typeof FORMATS)[number] {
  const given = args.oneOf("signature-format", FORMATS);
  const { signatureFormat = "jws" } = readNotationConfig(config);
  const format = given ?? FORMATS.find((known) => known === signatureFormat);
  if (format !== undefined) return format;
  throw args.usage(`${config}/config.json has the signatureFormat ${JSON.stringify(signatureFormat)}: use jws or cose`);
}

function trustOf(args: VerbArguments) {
  const folder = args.path("trust");
  if (folder === undefined) return undefined;
  requireNotationFolder(folder);
  return compileTrust(readTrustDirectory(folder));
}

/** @throws VerbError SIGNATURE_REFUSED; what the trust only logs is a warning */
function requireTrusted(verdict: ArtifactVerdict, reference: string, terminal: Terminal): void {
  if (verdict.verdict === "failed") {
    throw new VerbError(
      "SIGNATURE_REFUSED",
      `the trust refuses the signature of ${reference}: ${ruleThatFailed(verdict)}. It was not pushed: mend the trust, or sign with a trusted identity`,
    );
  }
  for (const { name, why } of weaknessesOf(verdict)) {
    warn(terminal, `the signature is trusted only weakly: ${name}: ${why}`);
  }
}
