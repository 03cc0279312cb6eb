import path from "node:path";
import { certificatePem, parseCertificates } from "../../../components/notary/certificates/pem";
import { localSigner } from "../../../components/notary/signing/localSigner";
import type { Signer } from "../../../components/notary/signing/signer";
import { readSigningKeys, signingKeyFiles } from "../../../components/notation/signingKeys";
import type { VerbArguments } from "./arguments";
import { readInput } from "./files";

export const KEY_OPTIONS = {
  key: { type: "string", short: "k" },
  "key-file": { type: "string" },
  "certificate-chain": { type: "string" },
} as const;

export const KEY_OPTIONS_HELP = `  -k, --key NAME        a key of signingkeys.json (\`breakwater keys\` lists them). Default: the default key there
  --key-file FILE       instead: a private key in PEM, not encrypted, with
  --certificate-chain FILE  its certificates in PEM, leaf first, complete up to the root`;

/** The signer that the arguments name. @throws VerbError, NotationError, SigningError, CertificateError */
export async function signerOf(args: VerbArguments, config: string, folder: string): Promise<Signer> {
  const [keyFile, chainFile] = await filesOf(args, config, folder);
  const privateKey = (await readInput(keyFile)).toString("latin1");
  const chain = parseCertificates(await readInput(chainFile));
  return localSigner({ privateKey, certificateChain: chain.map(({ raw }) => certificatePem(raw)).join("") });
}

async function filesOf(args: VerbArguments, config: string, folder: string): Promise<[string, string]> {
  const name = args.text("key");
  const keyFile = args.path("key-file");
  const chainFile = args.path("certificate-chain");
  if (keyFile === undefined && chainFile === undefined) {
    const { keyPath, certPath } = signingKeyFiles(readSigningKeys(config), name, config);
    return [path.resolve(folder, keyPath), path.resolve(folder, certPath)];
  }
  if (name !== undefined)
    throw args.usage("--key stands beside --key-file or --certificate-chain: give one or the others");
  if (keyFile === undefined || chainFile === undefined)
    throw args.usage("--key-file and --certificate-chain belong together: give both");
  return [keyFile, chainFile];
}
