import type { Statement } from "../notary/trust/declaration";
import type { VerifyTimestamp } from "../notary/trust/document";
import { type Enforcement, LEVELS } from "../notary/trust/level";
import type { TrustedIdentities } from "../notary/trust/trustedIdentity";
import { listed, names, signers } from "../signers/words";
import { FIDELITY, type Target } from "./fidelity";

/** Where a target departs from the declared statement. */
export interface Loss {
  readonly way: "weaker" | "stricter" | "inexpressible";
  /** Continues a sentence that begins with the target's name. */
  readonly how: string;
}

/** What a target enforces in the statement's place. */
export interface Expressed {
  readonly losses: readonly Loss[];
  /** Two statements of one key are the same to the target. */
  readonly key: string;
}

/** The statement as the target would have it, by the table of fidelity. */
export function expressed(statement: Statement, target: Exclude<Target, "harbor">): Expressed {
  if (statement.declared.signatureVerification.level === "skip") {
    return {
      losses: [],
      key: keyOf(statement, { trustedIdentities: [], enforcement: LEVELS.skip, verifyTimestamp: "always" }),
    };
  }
  const { trustedIdentities, enforcement, verifyTimestamp, losses } = translated(statement, target);
  const without = { signingAuthority: isKept(target, "signingAuthority"), tsa: isKept(target, "tsaStore") };
  return { losses, key: keyOf(statement, { trustedIdentities, enforcement, verifyTimestamp }, without) };
}

interface Rule {
  readonly trustedIdentities: TrustedIdentities;
  readonly enforcement: Enforcement;
  readonly verifyTimestamp: VerifyTimestamp;
}

function translated(statement: Statement, target: Exclude<Target, "harbor">): Rule & { losses: Loss[] } {
  const fidelity = FIDELITY[target];
  const { certificates, declared } = statement;
  const losses: Loss[] = [];
  let { trustedIdentities, enforcement } = statement;
  let verifyTimestamp = declared.signatureVerification.verifyTimestamp ?? "always";
  if (!isKept(target, "trustedIdentities") && trustedIdentities !== "any" && certificates.ca.length > 0) {
    losses.push({
      way: "weaker",
      how: `knows no trusted identities, so that ${signers("any", certificates.ca)} passes there, and not only those whose certificate has ${names(trustedIdentities)}`,
    });
    trustedIdentities = "any";
  }
  const relaxed = Object.entries(enforcement).filter(([, action]) => action !== "enforce");
  if (fidelity.level.expression === "fixed" && relaxed.length > 0) {
    const what = listed(relaxed.map(([validation]) => validation));
    losses.push({
      way: "stricter",
      how: `is always strict, and denies what fails in ${what}, which the statement lets pass`,
    });
    enforcement = LEVELS.strict;
  }
  if (!isKept(target, "signingAuthority") && certificates.signingAuthority.length > 0) {
    losses.push(
      certificates.ca.length === 0
        ? { way: "inexpressible", how: "has no place for signingAuthority stores, and the statement names no ca store" }
        : { way: "stricter", how: "has no place for signingAuthority stores, and denies what they vouch for" },
    );
  }
  if (certificates.tsa.length > 0 && verifyTimestamp !== "always" && !isKept(target, "verifyTimestamp")) {
    if (isKept(target, "tsaStore"))
      losses.push({
        way: "stricter",
        how: "asks for a time stamp always, and not only once the certificate has expired",
      });
    verifyTimestamp = "always";
  }
  if (certificates.tsa.length > 0 && !isKept(target, "tsaStore")) {
    losses.push({
      way: "weaker",
      how: "asks for no time stamp, though a signature that has one fails there once its certificate has expired",
    });
  }
  return { trustedIdentities, enforcement, verifyTimestamp, losses };
}

function isKept(target: Target, property: keyof (typeof FIDELITY)[Target]): boolean {
  return ["exact", "translated"].includes(FIDELITY[target][property].expression);
}

function keyOf(
  { certificates, declared }: Statement,
  { trustedIdentities, enforcement, verifyTimestamp }: Rule,
  kept = { signingAuthority: true, tsa: true },
): string {
  const thumbprints = (type: "ca" | "signingAuthority" | "tsa") =>
    [...new Set(certificates[type].map(({ thumbprint }) => thumbprint))].sort();
  const identities =
    trustedIdentities === "any" ? "*" : trustedIdentities.map((name) => JSON.stringify([...name].sort())).sort();
  return JSON.stringify({
    scopes: declared.registryScopes.toSorted(),
    identities,
    enforcement: Object.entries(enforcement).sort(),
    ca: thumbprints("ca"),
    signingAuthority: kept.signingAuthority ? thumbprints("signingAuthority") : [],
    tsa: kept.tsa ? thumbprints("tsa") : [],
    verifyTimestamp: certificates.tsa.length > 0 && kept.tsa ? verifyTimestamp : "never",
  });
}
