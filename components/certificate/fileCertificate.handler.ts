import { readFile } from "node:fs/promises";
import { messageOf } from "../errors";
import { resolvePath } from "../files/paths";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { type CertificateFacts, endsIn, inspectChain } from "./chain";
import { CertificateError } from "./error";
import { requireServable } from "./servable";

export interface FileCertificateInputs {
  /** PEM files, absolute or relative to the project's folder. */
  readonly files: { readonly chain: string; readonly key: string; readonly root?: string };
  /** DNS names and IP addresses that clients use: each must be in the certificate. */
  readonly names: readonly string[];
}

/**
 * A TLS certificate that others put into files. It is checked before anybody serves it; nothing of it but what is public is
 * kept, and the files are never written. Other content of the files is an update, whose thumbprint tells those who serve it.
 */
export const fileCertificate: ResourceDefinition<FileCertificateInputs, CertificateFacts> = {
  compared: ["files", "names"],
  // The files change when somebody renews the certificate, and then this `up` is what takes it into use.
  observeInDiff: true,

  async check(news) {
    if (news.names.length === 0) throw new PropertyError("names", "say which names clients use");
    return news;
  },

  async create(inputs) {
    return { id: inputs.files.chain, outputs: await inspectFiles(inputs) };
  },

  async observe(state) {
    try {
      const { thumbprint, notAfter } = await inspectFiles(state);
      warnBeforeEnd(state.files.chain, notAfter);
      if (thumbprint === state.thumbprint) return { drift: "" };
      return { drift: `${state.files.chain} holds another certificate, valid until ${notAfter}` };
    } catch (error) {
      return { drift: messageOf(error) };
    }
  },

  async update(_state, inputs) {
    return await inspectFiles(inputs);
  },

  async delete() {
    // The files are not ours.
  },
};

async function inspectFiles({ files, names }: FileCertificateInputs): Promise<CertificateFacts> {
  const chain = await readPem(files.chain);
  const facts = inspectChain(chain);
  requireServable({ chain, privateKey: await readPem(files.key) }, { names, now: new Date() });
  if (files.root !== undefined && !endsIn(chain, await readPem(files.root))) {
    throw new CertificateError(
      "CERTIFICATE_CHAIN_INVALID",
      `the chain in ${files.chain} does not end in the root in ${files.root}. Add the certificates between them to the chain`,
    );
  }
  return facts;
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(resolvePath(file), "utf8");
  } catch (cause) {
    throw new CertificateError(
      "CERTIFICATE_FILE_UNREADABLE",
      `${file} can't be read (${messageOf(cause)}). Put the PEM file there`,
      { cause },
    );
  }
}

const WARNED_DAYS = 14;

function warnBeforeEnd(file: string, notAfter: string): void {
  const days = Math.floor((Date.parse(notAfter) - Date.now()) / 86_400_000);
  if (days < WARNED_DAYS) console.log(`the certificate in ${file} expires in ${days} days: put a renewed one there`);
}
