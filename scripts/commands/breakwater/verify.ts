import { compileTrust } from "../../../components/notary/trust/declaration";
import type { ArtifactVerdict } from "../../../components/notary/verification/verdict";
import { verifyArtifact } from "../../../components/notary/verification/verifyArtifact";
import { notationFolder, requireNotationFolder } from "../../../components/notation/folder";
import { httpRevocationSource } from "../../../components/pki/revocationSource";
import { readTrustDirectory } from "../../../components/trust/directory";
import { EXIT } from "./error";
import { openImage } from "./image";
import { IMAGE_OPTIONS, IMAGE_OPTIONS_HELP } from "./registryOptions";
import { printJson } from "./terminal";
import type { Verb } from "./verb";
import { printVerdict } from "./verdictText";

const HELP = `breakwater verify REF [--trust DIR] [OPTIONS]
Whether an image is signed as a trust policy demands, and which rule decided.

  REF                   host[:port]/repository@sha256:… or host[:port]/repository:tag
  --trust DIR           a notation configuration folder: trustpolicy.json (or trustpolicy.oci.json) and
                        truststore/x509/…  Default: NOTATION_CONFIG, else ~/.config/notation
  --at TIME             judge expiry and validity as of this RFC 3339 time instead of now; revocation is asked for
                        now, and its data are judged as of that time, too
  --max-signatures N    evaluate at most N signatures; 100 when absent
  -m, --user-metadata K=V   must have been signed with the image; may be given again
${IMAGE_OPTIONS_HELP}
  --json                the verdict as JSON, alone on standard output
  -h, --help            this text

JSON: {reference, digest, verdict: "verified"|"failed"|"skipped", enforced, statement, level, code?, message?,
  signatures: [{digest, signer: {subject, issuer, thumbprint}|null, verdict, code?, message?,
  outcomes: [{validation, action, result: "passed"|"failed"|"skipped", code?, message?}]}]}
"enforced" is whether the signer is trusted in fact: a level can verify an image and only log that anybody signed it.

Exit codes: 0 verified or skipped, 1 failed, 2 no verdict (registry, trust, arguments); with --json then
  {error: {code, message}}.

Examples:
  breakwater verify registry.example.com/app@sha256:…
  breakwater verify registry.example.com/app:v1 --trust ./trust --json | jq .signatures[].outcomes
  breakwater verify registry.example.com/app:v1 --trust ./trust --oci-layout ./app`;

export const verify: Verb = {
  name: "verify",
  summary: "whether an image is signed as a trust policy demands, and which rule decided",
  help: HELP,
  options: {
    ...IMAGE_OPTIONS,
    trust: { type: "string" },
    at: { type: "string" },
    "max-signatures": { type: "string" },
    "user-metadata": { type: "string", short: "m", multiple: true },
  },
  async run(args, terminal) {
    const time = args.time("at");
    const maxSignatures = args.count("max-signatures");
    const userMetadata = args.pairs("user-metadata");
    const folder = args.path("trust") ?? notationFolder(terminal.env);
    args.only("REF");
    requireNotationFolder(folder);
    const trust = compileTrust(readTrustDirectory(folder));
    const { reference, descriptor, signatures } = await openImage(args, terminal, { deed: "verify" });
    const verdict = await verifyArtifact({
      artifact: descriptor,
      scope: signatures.scope,
      trust,
      signatures,
      clock: () => time ?? terminal.clock(),
      revocation: httpRevocationSource(),
      userMetadata,
      ...(maxSignatures !== undefined && { maxSignatures }),
    });
    if (args.flag("json")) printJson(terminal, inOrder(reference, verdict));
    else printVerdict(terminal, { reference, folder, verdict });
    return verdict.verdict === "failed" ? EXIT.no : EXIT.yes;
  },
};

/** The members in the order in which they are read: the answer first, its proof last. */
function inOrder(
  reference: string,
  { digest, verdict, enforced, statement, level, signatures, ...why }: ArtifactVerdict,
) {
  return { reference, digest, verdict, enforced, statement, level, ...why, signatures };
}
