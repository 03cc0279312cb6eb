import type { Certificate } from "../../notary/certificates/certificate";
import { certificateFacts } from "../../signers/certificateFacts";
import { fullCertificate } from "../../signers/words";
import type { Readable } from "../state/state";
import type { Draft } from "./draft";

type Identities = ReadonlyMap<string, Readable<readonly Certificate[]>>;

/** The committed certificates of signing identities; what can't be read is told elsewhere. */
export function compareSigningIdentities(base: Identities, head: Identities): Draft[] {
  const names = [...new Set([...base.keys(), ...head.keys()])];
  return names.flatMap((name) => {
    const [before, after] = [base.get(name), head.get(name)];
    if ((before && "problem" in before) || (after && "problem" in after)) return [];
    return compareChains(name, before?.value ?? [], after?.value ?? []);
  });
}

function compareChains(name: string, before: readonly Certificate[], after: readonly Certificate[]): Draft[] {
  const [old, now] = [before[0], after[0]];
  const common = { direction: "neutral", subject: name } as const;
  if (!old && !now) return [];
  if (!old && now) {
    const say = () =>
      `the signing identity "${name}" is new: ${fullCertificate(now)}. The statements say what it may sign.`;
    return [{ ...common, kind: "signing-identity-added", severity: "low", certificate: certificateFacts(now), say }];
  }
  if (old && !now) {
    const say = () =>
      `the signing identity "${name}" is gone: ${fullCertificate(old)}. The statements still judge what it signed.`;
    return [{ ...common, kind: "signing-identity-removed", severity: "low", certificate: certificateFacts(old), say }];
  }
  if (!old || !now || chainOf(before) === chainOf(after)) return [];
  const sameLeaf = old.thumbprint === now.thumbprint;
  const sameKey = old.publicKeyBits.equals(now.publicKeyBits);
  const how = sameLeaf
    ? "keeps its certificate but has another chain above it"
    : `has ${sameKey ? "a new certificate for the same key" : "another key"}: instead of the certificate with SHA-256 ${old.thumbprint}`;
  const say = () => `the signing identity "${name}" ${how}${sameLeaf ? ":" : " now"} ${fullCertificate(now)}.`;
  return [
    {
      ...common,
      kind: "signing-identity-changed",
      severity: sameKey ? "low" : "medium",
      before: old.thumbprint,
      after: now.thumbprint,
      certificate: certificateFacts(now),
      say,
    },
  ];
}

function chainOf(chain: readonly Certificate[]): string {
  return chain.map(({ thumbprint }) => thumbprint).join(" ");
}
