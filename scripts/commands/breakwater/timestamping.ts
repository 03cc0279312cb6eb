import { messageOf } from "../../../components/errors";
import { problemOfTimestampAddress } from "../../../components/image/timestampAddress";
import { isIssuedBy } from "../../../components/notary/certificates/chain";
import { parseCertificates } from "../../../components/notary/certificates/pem";
import type { RevocationSource } from "../../../components/notary/revocation/revocationSource";
import type { Timestamping } from "../../../components/notary/timestamp/countersign";
import { httpTimestampServer } from "../../../components/pki/timestampServer";
import type { VerbArguments } from "./arguments";
import { VerbError } from "./error";
import { readInput } from "./files";

export const TIMESTAMP_OPTIONS = {
  "timestamp-url": { type: "string" },
  "timestamp-root-cert": { type: "string" },
} as const;

export const TIMESTAMP_OPTIONS_HELP = `  --timestamp-url URL   have the signature time stamped (RFC 3161) by this authority, with
  --timestamp-root-cert FILE  the root certificate, in PEM or DER, that its chain must lead to`;

/** As in notation, both options or neither, and one root. @throws VerbError USAGE, FILE_*, TIMESTAMP_ROOT_INVALID */
export async function timestampingOf(
  args: VerbArguments,
  revocation: RevocationSource,
): Promise<Timestamping | undefined> {
  const url = args.text("timestamp-url");
  const file = args.path("timestamp-root-cert");
  if (url === undefined && file === undefined) return undefined;
  if (url === undefined || file === undefined)
    throw args.usage("--timestamp-url and --timestamp-root-cert belong together: give both");
  const problem = problemOfTimestampAddress(url);
  if (problem !== undefined) throw args.usage(`--timestamp-url ${problem}`);
  return { server: httpTimestampServer(url), roots: [await readRoot(file)], revocation };
}

async function readRoot(file: string) {
  const invalid = (what: string, cause?: unknown) =>
    new VerbError("TIMESTAMP_ROOT_INVALID", `${file} ${what}: give the authority's one root certificate`, { cause });
  const content = await readInput(file);
  const certificates = (() => {
    try {
      return parseCertificates(content);
    } catch (error) {
      throw invalid(`holds no certificate (${messageOf(error)})`, error);
    }
  })();
  const [root, ...others] = certificates;
  if (!root || others.length > 0) throw invalid(`holds ${certificates.length} certificates`);
  if (!isIssuedBy(root, root)) throw invalid(`holds ${JSON.stringify(root.subject)}, which is no root`);
  return root;
}
