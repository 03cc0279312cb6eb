import { isSkip, type Statement } from "../notary/trust/declaration";
import { listed } from "../signers/words";
import { expressed, type Loss } from "./expressed";
import type { Target } from "./fidelity";

/** A change of one statement. */
export interface ChangedStatement {
  readonly stack: string;
  /** Undefined where it is new. */
  readonly before?: Statement | undefined;
  /** Undefined where it is gone. */
  readonly after?: Statement | undefined;
  /** What the gates of the statement's Harbor projects all ask for; empty when one is open, undefined without a Harbor. */
  readonly gate?: readonly string[] | undefined;
}

export type EnforcerName = "notation" | "ratify" | "kyverno" | "harbor";

/** What an enforcer does in place of the declared: the same; lets more pass, or less; or has no way to say it. */
export type EffectFidelity = "exact" | "weaker" | "stricter" | "inexpressible";

/** What one enforcer would make of one changed statement. */
export interface StatementEffect {
  readonly enforcer: EnforcerName;
  readonly stack: string;
  readonly statement: string;
  readonly change: "new" | "changed" | "removed";
  readonly fidelity: EffectFidelity;
  /** A clause that begins with the enforcer's name. */
  readonly effect: string;
}

const NAMES: Readonly<Record<EnforcerName, string>> = {
  notation: "notation",
  ratify: "Ratify",
  kyverno: "Kyverno",
  harbor: "Harbor's gate",
};

/**
 * What each enforcer would do with a changed statement, and where its meaning is lost, by the table of fidelity: Ratify 1 with
 * notes for Ratify 2, Kyverno's ImageValidatingPolicy with notes for its older ClusterPolicy. Empty where nothing changed.
 */
export function effectsOf(change: ChangedStatement): StatementEffect[] {
  const { before, after, gate } = change;
  if (!(before ?? after) || isSame(change, "notation")) return [];
  return [
    effect(change, "notation", "notation", []),
    effect(change, "ratify", "ratify", [["Ratify 2", "ratify2"]]),
    effect(change, "kyverno", "kyvernoImageValidatingPolicy", [["as a ClusterPolicy it", "kyvernoClusterPolicy"]]),
    ...(gate ? [gateEffect(change, gate)] : []),
  ];
}

type Compiled = Exclude<Target, "harbor">;

function isSame({ before, after }: ChangedStatement, target: Compiled): boolean {
  return before !== undefined && after !== undefined && expressed(before, target).key === expressed(after, target).key;
}

function effect(
  change: ChangedStatement,
  enforcer: EnforcerName,
  target: Compiled,
  variants: readonly (readonly [string, Compiled])[],
): StatementEffect {
  const { after } = change;
  const who = NAMES[enforcer];
  if (!after)
    return told(change, enforcer, "exact", `${who} no longer applies it, once what was compiled from it is gone`);
  const { losses } = expressed(after, target);
  const notes = variants.flatMap(([variant, other]) => noteOn(variant, after, other, losses));
  const unnoticed = isSame(change, target);
  const seen = unnoticed ? `${who} does not notice the change` : `${who} ${verb(change)}`;
  const how =
    losses.length > 0
      ? `: ${losses.map(({ how }) => `it ${how}`).join("; ")}`
      : isSkip(after)
        ? unverified(enforcer)
        : unnoticed
          ? ""
          : " as declared";
  return told(change, enforcer, fidelityOf(losses), `${seen}${how}${notes.join("")}`);
}

function verb({ before }: ChangedStatement): string {
  return before ? "follows the change" : "takes the statement";
}

function unverified(enforcer: EnforcerName): string {
  return enforcer === "kyverno"
    ? ": it needs a policy that leaves these repositories out"
    : " as declared, and verifies nothing there";
}

/** What a variant loses beyond the target itself. */
function noteOn(variant: string, statement: Statement, target: Compiled, known: readonly Loss[]): string[] {
  const more = expressed(statement, target).losses.filter(({ how }) => !known.some((loss) => loss.how === how));
  return more.map(({ how }) => `; ${variant} ${how}`);
}

/** What lets more pass is said first; what cannot be expressed at all before anything. */
function fidelityOf(losses: readonly Loss[]): EffectFidelity {
  const ways = losses.map(({ way }) => way);
  return (["inexpressible", "weaker", "stricter"] as const).find((way) => ways.includes(way)) ?? "exact";
}

/** Harbor knows nothing of a trust policy: its gate asks for a signature, whosever it is. */
function gateEffect(change: ChangedStatement, gate: readonly string[]): StatementEffect {
  const { after } = change;
  const skips = after !== undefined && isSkip(after);
  const unnoticed = `${NAMES.harbor} does not notice the change`;
  if (gate.length === 0) {
    const sentence = `${unnoticed}: it is open, and gives out every image, signed or not`;
    return told(change, "harbor", skips ? "exact" : "weaker", sentence);
  }
  if (!gate.includes("notation")) {
    const sentence = `${unnoticed}: it asks for a signature of ${listed(gate)}, of which the trust policy says nothing`;
    return told(change, "harbor", "inexpressible", sentence);
  }
  return skips
    ? told(
        change,
        "harbor",
        "stricter",
        `${unnoticed}: it gives out signed images only, where the statement verifies nothing`,
      )
    : told(
        change,
        "harbor",
        "weaker",
        `${unnoticed}: any signature opens it, whoever made it, even one that verifies nowhere`,
      );
}

function told(
  { stack, before, after }: ChangedStatement,
  enforcer: EnforcerName,
  fidelity: EffectFidelity,
  effect: string,
): StatementEffect {
  const statement = (after ?? before)?.declared.name ?? "";
  const kind = before ? (after ? "changed" : "removed") : "new";
  return { enforcer, stack, statement, change: kind, fidelity, effect };
}
