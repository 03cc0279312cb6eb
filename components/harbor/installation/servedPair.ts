import { chmod, chown, lchown, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CertificateFiles, CertificatePair } from "./certificate";

/** The user that Harbor's nginx runs as (make/photon/prepare/g.py). */
const NGINX_USER = 10000;

/** True when nginx finds this pair in the files, whichever way it was put there. */
export async function holdsPair(files: CertificateFiles, wanted: CertificatePair): Promise<boolean> {
  const found = await readPair(files);
  if (found.chain === wanted.chain && found.key === wanted.key) return true;
  return isOneText(found) && found.chain === textOf(wanted);
}

/** What nginx finds under the two names. */
export async function readPair(files: CertificateFiles): Promise<CertificatePair> {
  const [chain, key] = await Promise.all([readFile(files.chain, "utf8"), readFile(files.key, "utf8")]);
  return { chain, key };
}

/**
 * Puts a pair in the place of the one that is there. Certificate and key must never be of two pairs, whenever this is killed or
 * nginx starts: so both are one file, which one rename exchanges (nginx takes from it what it looks for), and the key's name a
 * link to it. `prepare` left two files: these become one of the same content first, which fits at each step as well.
 */
export async function replacePair(files: CertificateFiles, pair: CertificatePair): Promise<void> {
  if (!(await isLinked(files))) {
    await putText(files.chain, textOf(await readPair(files)));
    await putLink(files);
  }
  await putText(files.chain, textOf(pair));
}

function textOf(pair: CertificatePair): string {
  return isOneText(pair) ? pair.chain : `${pair.chain.trimEnd()}\n${pair.key}`;
}

function isOneText({ chain, key }: CertificatePair): boolean {
  return chain === key;
}

/** By its name alone: the container has the folder elsewhere. */
const linkOf = (files: CertificateFiles) => path.relative(path.dirname(files.key), files.chain);

async function isLinked(files: CertificateFiles): Promise<boolean> {
  return (await readlink(files.key).catch(() => undefined)) === linkOf(files);
}

async function putText(file: string, text: string): Promise<void> {
  await putInPlaceOf(file, async (draft) => {
    await writeFile(draft, text, { mode: 0o600, flag: "wx", flush: true });
    await chmod(draft, 0o600);
    await chown(draft, NGINX_USER, NGINX_USER);
  });
}

async function putLink(files: CertificateFiles): Promise<void> {
  await putInPlaceOf(files.key, async (draft) => {
    await symlink(linkOf(files), draft);
    await lchown(draft, NGINX_USER, NGINX_USER);
  });
}

async function putInPlaceOf(file: string, make: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true }); // of a run that was killed
  try {
    await make(draft);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
