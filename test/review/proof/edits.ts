import type { TrustDeclaration } from "../../../components/notary/trust/declaration";
import type { TrustPolicyStatement } from "../../../components/notary/trust/document";
import type { StackSettings } from "../../../components/review/state/state";
import type { Authorities } from "./authorities";
import { type RepositoryName, subject } from "./baseTrust";

/** A state of the stack, to be changed. */
export interface ProofState {
  trust: TrustDeclaration;
  settings: StackSettings;
}

/** What a change may name. */
export interface ChangeContext {
  readonly roots: Authorities["roots"];
  readonly signers: Authorities["signers"];
  readonly scope: (repository: RepositoryName) => string;
}

export type Edit = (state: ProofState, context: ChangeContext) => void;

/** The change of a single statement. */
export function of(name: string, edit: (statement: TrustPolicyStatement, context: ChangeContext) => void): Edit {
  return ({ trust }, context) => edit(statementOf(trust, name), context);
}

export function statementOf(trust: TrustDeclaration, name: string): TrustPolicyStatement {
  const found = trust.policy.trustPolicies.find((statement) => statement.name === name);
  if (!found) throw new Error(`the base has no statement ${name}`);
  return found;
}

export const identities =
  (...names: string[]) =>
  (statement: TrustPolicyStatement) => {
    statement.trustedIdentities = names.map((name) => (name === "*" ? name : subject(name)));
  };
export const stores =
  (...names: string[]) =>
  (statement: TrustPolicyStatement) => {
    statement.trustStores = names;
  };
export const verification = (signatureVerification: TrustPolicyStatement["signatureVerification"]) =>
  ((statement) => {
    statement.signatureVerification = signatureVerification;
    if (signatureVerification.level !== "skip") return;
    delete statement.trustStores;
    delete statement.trustedIdentities;
  }) satisfies (statement: TrustPolicyStatement) => void;
export const without =
  (name: string): Edit =>
  ({ trust: { policy } }) => {
    policy.trustPolicies = policy.trustPolicies.filter((statement) => statement.name !== name);
  };
/** The repository is named by `to`, and no more by another; by nobody where `to` is absent. */
export const moved =
  (repository: RepositoryName, to?: string): Edit =>
  ({ trust }, { scope }) => {
    for (const statement of trust.policy.trustPolicies) {
      statement.registryScopes = statement.registryScopes.filter((named) => named !== scope(repository));
    }
    if (to !== undefined) statementOf(trust, to).registryScopes.push(scope(repository));
  };
