import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FolderTree } from "../../../components/files/folderTree";
import type { TrustDeclaration } from "../../../components/notary/trust/declaration";
import { httpRevocationSource } from "../../../components/pki/revocationSource";
import { openInventory } from "../../../components/review/inventory/openInventory";
import type { Report } from "../../../components/review/report/report";
import { review } from "../../../components/review/review";
import { renderTrustDirectory } from "../../../components/trust/directory";
import { connectionOf } from "../../image/support";
import { startOlareg } from "../../support/registries";
import { contextOf } from "../support";
import { startAuthorities } from "./authorities";
import { baseTrust, type RepositoryName } from "./baseTrust";
import { PROJECTS, type TrustChange } from "./changes";
import { type CorpusImage, pushCorpus } from "./corpus";
import type { ProofState } from "./edits";
import { expectedOf, type Verdicts } from "./expected";
import { cliVerdicts } from "./notation";
import { stackSettings } from "../semantic/support";

const STACK = "production";

/** One change: what our review says, and what follows from the CLI's verdicts. */
export interface Compared {
  readonly report: Report;
  readonly expected: ReturnType<typeof expectedOf>;
}

export interface Proof {
  readonly images: readonly CorpusImage[];
  /** The CLI's under the trust that all changes begin with. */
  readonly base: Verdicts;
  /** The change, and the change back. */
  compare(change: TrustChange): Promise<{ readonly done: Compared; readonly undone: Compared }>;
  /** Processes of notation so far. */
  runs(): number;
  stop(): Promise<void>;
}

interface Side {
  readonly folder: string;
  readonly trust: TrustDeclaration | undefined;
  readonly verdicts: Verdicts;
}

/** A corpus in a registry, and everything to judge it by; `repositoriesOfKind` of ten have an image of each kind. */
export async function startProof(seed: number, repositoriesOfKind: number): Promise<Proof> {
  const directory = await mkdtemp(join(tmpdir(), "breakwater-proof-"));
  const registry = await startOlareg();
  const authorities = await startAuthorities();
  const images = await pushCorpus({ registry, authorities, seed, repositoriesOfKind });
  const references = images.map(({ reference }) => reference);
  await write(directory, { images: images.map(({ scope, tag }) => `${scope}:${tag}`).join("\n") });
  const { host } = registry;
  const context = { ...authorities, scope: (repository: RepositoryName) => `${host}/${repository}` };
  let runs = 0;

  const sideOf = async ({ trust, settings }: ProofState, withoutTrust = false): Promise<Side> => {
    const folder = await mkdtemp(join(directory, "side-"));
    const own = join(folder, "stacks", STACK, "trust");
    const files = withoutTrust ? {} : renderTrustDirectory(trust);
    await write(own, files);
    await write(join(folder, "stacks"), { [`Pulumi.${STACK}.yaml`]: JSON.stringify(settings) });
    if (withoutTrust) await rm(own, { recursive: true, force: true });
    const verdicts = await cliVerdicts({ registry, trust: own, home: directory }, references);
    runs += references.length;
    return { folder, trust: withoutTrust ? undefined : trust, verdicts };
  };
  const initial = (): ProofState => ({
    trust: structuredClone(baseTrust(host, authorities)),
    settings: stackSettings({ hostname: host, projects: PROJECTS }),
  });
  const base = await sideOf(initial());

  const between = async (before: Side, after: Side): Promise<Compared> => {
    const report = await review({
      base: { tree: new FolderTree(before.folder), name: "base" },
      head: { tree: new FolderTree(after.folder), name: "head" },
      // The stack's own reader takes no registry on loopback.
      readSettings: (text) => JSON.parse(text),
      inventories: [openInventory("file:images", contextOf(connectionOf(registry), { directory }))],
      at: new Date(),
      today: new Date(),
      revocation: httpRevocationSource(),
    });
    return { report, expected: expectedOf(images, STACK, before, after) };
  };
  const compare: Proof["compare"] = async ({ change, withoutTrust }) => {
    const changed = initial();
    change(changed, context);
    const head = await sideOf(changed, withoutTrust);
    return { done: await between(base, head), undone: await between(head, base) };
  };
  const stop = async () => {
    await Promise.all([registry.stop(), authorities.stop()]);
    await rm(directory, { recursive: true, force: true });
  };
  return { images, base: base.verdicts, compare, runs: () => runs, stop };
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o600 });
  }
}
