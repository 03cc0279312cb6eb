import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Certificate } from "../../../components/notary/certificates/certificate";
import { parseCertificates } from "../../../components/notary/certificates/pem";
import type { EnvelopeContent, SigningScheme } from "../../../components/notary/envelope/content";
import { applicableStatement, compileTrust, type Trust } from "../../../components/notary/trust/declaration";
import type {
  SignatureVerification,
  TrustPolicyStatement,
  ValidationType,
  VerificationLevelName,
} from "../../../components/notary/trust/document";
import { TrustPolicyError } from "../../../components/notary/trust/error";
import { checkAuthenticity } from "../../../components/notary/verification/authenticity";
import type { Finding } from "../../../components/review/finding";
import { semanticDiff } from "../../../components/review/semantic/semanticDiff";
import * as make from "../../support/certificates";
import { certificates, statement, trustState } from "./support";

// What the semantic diff says against what the core does, for random pairs of policies.

const SCOPES = ["r.test/a", "r.test/b", "r.test/c"];
/** Named by no statement. */
const ELSEWHERE = "r.test/elsewhere";
const SUBJECTS = [
  "C=US, ST=WA, O=Acme",
  "C=US, ST=WA, O=Acme, OU=Release",
  "C=US, ST=WA, O=Acme, OU=Nightly",
  "C=US, ST=WA, L=Seattle, O=Acme",
  "C=US, ST=WA, L=Seattle, O=Acme, OU=Release",
  "C=DE, ST=BE, O=Other",
];
const NOBODYS = "C=FR, ST=IDF, O=Nobody";
const SCHEMES: readonly SigningScheme[] = ["notary.x509", "notary.x509.signingAuthority"];
const VALIDATIONS: readonly ValidationType[] = ["authenticity", "authenticTimestamp", "expiry", "revocation"];
const RUNS = Number(process.env.SEMANTIC_RUNS ?? 500);

interface Signer {
  readonly chain: readonly Certificate[];
  readonly scheme: SigningScheme;
}

let anchors: string[];
let signers: Signer[];
beforeAll(async () => {
  const { root, intermediate, second, renewed, impostor, leaf } = await certificates();
  const other = await make.selfSignedLeaf({ subject: "C=DE, ST=BE, O=Other" });
  anchors = [root, intermediate, second, renewed, impostor, leaf, other].map(({ pem }) => pem);
  const issued = await Promise.all(
    [root, intermediate, second, renewed, impostor].flatMap((issuer) =>
      [...SUBJECTS, NOBODYS].map((subject) => make.goodLeaf(issuer, { subject })),
    ),
  );
  const chains = [...issued, leaf, other].map(({ chainPem }) => parseCertificates(Buffer.from(chainPem)));
  signers = chains.flatMap((chain) => SCHEMES.map((scheme) => ({ chain, scheme })));
});

interface Policy {
  readonly statements: TrustPolicyStatement[];
  readonly stores: Record<string, string[]>;
}

const STORES = ["ca:one", "ca:two", "signingAuthority:one"];
const storesOf = fc.tuple(...STORES.map(() => fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1, maxLength: 3 })));
const identitiesOf = fc.oneof(
  { weight: 1, arbitrary: fc.constant<string[]>(["*"]) },
  {
    weight: 4,
    arbitrary: fc
      .subarray(SUBJECTS, { minLength: 1, maxLength: 3 })
      .map((names) => names.map((name) => `x509.subject: ${name}`)),
  },
);

const atLevels = (...levels: readonly VerificationLevelName[]): fc.Arbitrary<SignatureVerification> =>
  fc.record({ level: fc.constantFrom(...levels) });
/** Every level, overridden in whatever may be. */
const overridden: fc.Arbitrary<SignatureVerification> = fc
  .record({
    level: fc.constantFrom<VerificationLevelName>("strict", "strict", "permissive", "audit", "skip"),
    override: fc.record(
      {
        authenticity: fc.constantFrom("enforce", "log"),
        authenticTimestamp: fc.constantFrom("enforce", "log"),
        expiry: fc.constantFrom("enforce", "log"),
        revocation: fc.constantFrom("enforce", "log", "skip"),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ level, override }) => (level === "skip" ? { level } : { level, override }));

/** Each scope belongs to one of three statements, or to none; the third may be the one for all others. */
function policies(verification: fc.Arbitrary<SignatureVerification>) {
  const rule = fc.record({ identities: identitiesOf, stores: fc.subarray(STORES, { minLength: 1 }), verification });
  return fc
    .record({
      owners: fc.tuple(...SCOPES.map(() => fc.constantFrom(0, 1, 2, undefined))),
      rules: fc.tuple(rule, rule, rule),
      names: fc.shuffledSubarray(["x", "y", "z"], { minLength: 3 }),
      forAll: fc.boolean(),
      members: storesOf,
    })
    .map(({ owners, rules, names, forAll, members }): Policy => {
      const statements = rules.flatMap((options, index) => {
        const named = SCOPES.filter((_, position) => owners[position] === index);
        const scopes = forAll && index === 2 ? ["*"] : named;
        return scopes.length === 0 ? [] : [statement({ ...options, name: names[index] ?? "", scopes })];
      });
      const stores = STORES.map((store, index) => [
        store,
        (members[index] ?? []).map((anchor) => anchors[anchor] ?? ""),
      ]);
      return { statements, stores: Object.fromEntries(stores) };
    });
}

function compiled({ statements, stores }: Policy): Trust | undefined {
  try {
    return compileTrust({ policy: { version: "1.0", trustPolicies: statements }, stores });
  } catch (error) {
    if (error instanceof TrustPolicyError) return undefined;
    throw error;
  }
}

function findingsBetween(base: Trust, head: Trust): Finding[] {
  const side = (trust: Trust) =>
    trustState({ stack: "s", trust: { value: trust }, identities: new Map(), settings: undefined });
  return semanticDiff(side(base), side(head));
}

function passes(trust: Trust, scope: string, { chain, scheme }: Signer): boolean {
  const rule = applicableStatement(trust, scope);
  if (!rule) return false;
  if (rule.declared.signatureVerification.level === "skip") return true;
  const content = {
    certificateChain: chain,
    signedAttributes: { signingScheme: scheme },
  } as unknown as EnvelopeContent;
  return checkAuthenticity(content, rule).length === 0;
}

/** The verdict, as far as who signed decides it. */
function isAdmitted(trust: Trust, scope: string, signer: Signer): boolean {
  const rule = applicableStatement(trust, scope);
  return rule !== undefined && (rule.enforcement.authenticity !== "enforce" || passes(trust, scope, signer));
}

function isNewIn(from: Trust, to: Trust, scope: string): boolean {
  return signers.some((signer) => passes(to, scope, signer) && !passes(from, scope, signer));
}

function forRandomPairs(verification: fc.Arbitrary<SignatureVerification>, check: (base: Trust, head: Trust) => void) {
  const pairs = fc.tuple(policies(verification), policies(verification), fc.nat(3));
  fc.assert(
    fc.property(pairs, ([first, second, alike]) => {
      // Pairs that differ in little are what pull requests are.
      const mixed =
        alike === 0
          ? second
          : {
              statements: alike === 1 ? first.statements : second.statements,
              stores: alike === 1 ? second.stores : first.stores,
            };
      const [base, head] = [compiled(first), compiled(mixed)];
      fc.pre(base !== undefined && head !== undefined);
      if (base && head) check(base, head);
    }),
    { numRuns: RUNS },
  );
}

const actual = (scope: string) => (scope === "*" ? ELSEWHERE : scope);

describe("for random policies and signers", () => {
  it("nothing said means that nobody's signature passes or fails that did not", () => {
    let silent = 0;
    forRandomPairs(atLevels("strict", "audit", "permissive", "skip"), (base, head) => {
      if (findingsBetween(base, head).some(({ direction }) => direction !== "neutral")) return;
      silent++;
      for (const scope of [...SCOPES, ELSEWHERE]) {
        for (const signer of signers) {
          expect(isAdmitted(head, scope, signer)).toBe(isAdmitted(base, scope, signer));
          // Without a statement no validation is evaluated; it fails as before.
          const rules = [base, head].map((trust) => applicableStatement(trust, scope));
          if (!rules[0] || !rules[1]) continue;
          expect(passes(head, scope, signer)).toBe(passes(base, scope, signer));
          expect(rules[1].enforcement).toEqual(rules[0].enforcement);
        }
      }
    });
    expect(silent).toBeGreaterThan(10);
  });

  it.each([
    ["widens", false],
    ["narrows", true],
  ] as const)("a finding %s exactly when somebody passes, or fails, who did not", (direction, backwards) => {
    forRandomPairs(atLevels("strict", "strict", "skip"), (base, head) => {
      const findings = findingsBetween(base, head).filter(
        // Another key lets its holders in, and keeps out those of the former one.
        (finding) => finding.direction === direction || finding.kind === "anchor-key-changed",
      );
      const [from, to] = backwards ? [head, base] : [base, head];
      const changed = [...SCOPES, ELSEWHERE].filter((scope) => isNewIn(from, to, scope));
      const said = new Set(findings.flatMap(({ scopes = [] }) => scopes.map(actual)));
      expect(findings.length > 0).toBe(changed.length > 0);
      expect(changed.filter((scope) => SCOPES.includes(scope) && !said.has(scope) && !said.has(ELSEWHERE))).toEqual([]);
      for (const { kind, scopes = [] } of findings) {
        if (!/^(identity|anchor|scope|level)-/.test(kind)) continue;
        expect(scopes.map(actual).filter((scope) => !isNewIn(from, to, scope))).toEqual([]);
      }
    });
  });

  it("whatever lets more pass is said to widen, by a finding that names the repository", () => {
    let widened = 0;
    forRandomPairs(overridden, (base, head) => {
      const findings = findingsBetween(base, head).filter(({ direction }) => direction === "widens");
      const said = new Set(findings.flatMap(({ scopes = [] }) => scopes.map(actual)));
      const named = [base, head].flatMap(({ policy }) => policy.trustPolicies.flatMap((each) => each.registryScopes));
      const open = [...SCOPES, ELSEWHERE]
        .filter((scope) => isOpened(base, head, scope))
        .map((scope) => (named.includes(scope) ? scope : ELSEWHERE));
      widened += open.length;
      expect(open.filter((scope) => !said.has(scope))).toEqual([]);
    });
    expect(widened).toBeGreaterThan(10);
  });
});

/** Whether a signature passes there that did not: by who made it, or since a failure is no longer enforced. */
function isOpened(base: Trust, head: Trust, scope: string): boolean {
  const [from, to] = [base, head].map((trust) => applicableStatement(trust, scope));
  const eased =
    from !== undefined &&
    to !== undefined &&
    VALIDATIONS.some((type) => from.enforcement[type] === "enforce" && to.enforcement[type] !== "enforce");
  return eased || signers.some((signer) => isAdmitted(head, scope, signer) && !isAdmitted(base, scope, signer));
}
