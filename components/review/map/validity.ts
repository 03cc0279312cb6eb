import type { Certificate } from "../../notary/certificates/certificate";
import type { Trust } from "../../notary/trust/declaration";
import { certificateFacts } from "../../signers/certificateFacts";
import { compare } from "../compare";
import { readValue } from "../readable";
import type { ChangeState, Validity } from "../report/report";
import { stackNames, trustSides } from "../state/sides";
import type { StackState, TrustState } from "../state/state";

type Kind = "anchor" | "tsa-anchor" | "signing-identity";

interface Held {
  readonly what: Kind;
  readonly label: string;
  readonly certificate: Certificate;
}

/**
 * The spans of all certificates of the two states: anchors that a statement trusts, and those of signing identities with the
 * chain above them; what ends first comes first.
 * @param others spans of signatures and TLS certificates, which are not part of a state
 */
export function validitiesOf(base: TrustState, head: TrustState, others: readonly Validity[] = []): Validity[] {
  const own = stackNames(base, head).flatMap((stack) => {
    const [baseState, headState] = [base.stacks.get(stack), head.stacks.get(stack)];
    const sides = trustSides(baseState, headState);
    const before = heldBy(sides.before, baseState);
    const after = heldBy(sides.after, headState);
    const keys = [...new Set([...before.keys(), ...after.keys()])];
    return keys.flatMap((key) => {
      const [was, is] = [before.get(key), after.get(key)];
      const held = is ?? was;
      return held ? [validityOf(stack, held, !was ? "added" : is ? "same" : "removed")] : [];
    });
  });
  return [...own, ...others].sort(
    (left, right) =>
      compare(left.notAfter, right.notAfter) || compare(left.stack, right.stack) || compare(left.label, right.label),
  );
}

/** By what and which certificate it is, so that one which is renewed is removed and added. */
function heldBy(trust: Trust | undefined, state: StackState | undefined): Map<string, Held> {
  const named = new Set((trust?.statements ?? []).flatMap(({ declared }) => declared.trustStores ?? []));
  const anchors = [...(trust?.stores ?? [])]
    .filter(([store]) => named.has(store))
    .flatMap(([store, certificates]) => {
      const what: Kind = store.startsWith("tsa:") ? "tsa-anchor" : "anchor";
      return certificates.map(
        (certificate): Held => ({ what, label: `${store}: ${certificate.subject}`, certificate }),
      );
    });
  const identities = [...(state?.identities ?? [])].flatMap(([name, chain]) =>
    (readValue(chain) ?? []).map(
      (certificate): Held => ({ what: "signing-identity", label: `${name}: ${certificate.subject}`, certificate }),
    ),
  );
  return new Map(
    [...anchors, ...identities].map((held) => [JSON.stringify([held.label, held.certificate.thumbprint]), held]),
  );
}

function validityOf(stack: string, { what, label, certificate }: Held, change: ChangeState): Validity {
  const facts = certificateFacts(certificate);
  return { what, label, stack, notBefore: facts.notBefore, notAfter: facts.notAfter, certificate: facts, change };
}
