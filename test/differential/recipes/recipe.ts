import type { ValidationType } from "../../../components/notary/trust/document";
import type { Workshop } from "../baseline";
import type { Plan, StatementPlan } from "../plan";

/** A change of a plan that verifies. */
export type Change = (plan: Plan, shop: Workshop) => void;

export interface Recipe {
  name: string;
  /** How often it is taken; 1 unless said otherwise. */
  weight?: number;
  /** The validation that it is to fail: its action is `enforce` in one half of the cases and `log` in the other. */
  validation?: Exclude<ValidationType, "integrity">;
  change: Change;
}

/** One of many changes that come to the same. */
export const oneOf =
  (...changes: readonly Change[]): Change =>
  (plan, shop) =>
    shop.random.pick(changes)(plan, shop);

/** The statement that applies. */
export function statementOf(plan: Plan): StatementPlan {
  const names = (scope: string) => (each: StatementPlan) =>
    Array.isArray(each.registryScopes) && each.registryScopes.includes(scope);
  const statement = plan.policy.trustPolicies.find(names(plan.scope)) ?? plan.policy.trustPolicies.find(names("*"));
  if (!statement) throw new Error("the plan has no applicable statement");
  return statement;
}

/** Its trust stores. */
export const storesOf = (plan: Plan) => statementOf(plan).trustStores as string[];

/** Sets what is done about a failure. */
export function setAction(plan: Plan, validation: string, action: string): void {
  const { signatureVerification } = statementOf(plan);
  const known = signatureVerification.override as Record<string, string> | undefined;
  signatureVerification.override = { ...known, [validation]: action };
}

export function withFormat(plan: Plan, format: Plan["format"]): void {
  plan.format = format;
}
