import fc from "fast-check";
import { expect, it } from "vitest";
import { isSubset, parseDistinguishedName } from "../../components/notary/trust/distinguishedName";
import { parseTrustedIdentities } from "../../components/notary/trust/trustedIdentity";

const PREFIX = "x509.subject: ";
/** An attribute may be absent, empty, or have a value. */
const attribute = (...values: string[]) => fc.constantFrom(undefined, "", ...values);
const identity = fc
  .record({ O: fc.constantFrom("A", "B"), OU: attribute("a", "b"), CN: attribute("a"), L: attribute("x") })
  .map((name) => {
    const attributes = Object.entries({ C: "US", ST: "WA", ...name }).filter(([, value]) => value !== undefined);
    return PREFIX + attributes.map(([type, value]) => `${type}=${value}`).join(", ");
  });

/** By comparing each with each. */
function overlapOf(identities: readonly string[]): string | undefined {
  const names = identities.map((text) => parseDistinguishedName(text.slice(PREFIX.length)));
  for (const [wide, name] of names.entries()) {
    const narrow = names.findIndex((other, position) => position !== wide && isSubset(name, other));
    if (narrow >= 0) return `${JSON.stringify(identities[wide])} includes ${JSON.stringify(identities[narrow])}`;
  }
  return undefined;
}

function refusalOf(identities: readonly string[]): string {
  try {
    parseTrustedIdentities(identities, "statement");
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

it("thousands of trusted identities are compared in seconds, also where each has an attribute of its own", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `${PREFIX}C=US, ST=WA, O=A, x${index}=1`);
  expect(refusalOf(many)).toBe("");
  expect(refusalOf([...many, `${PREFIX}C=US, ST=WA, O=A, L=x, x7=1`])).toContain(" includes ");
}, 15_000);

it("trusted identities overlap exactly where one is a subset of another, and the first is named", () => {
  let overlapping = 0;
  fc.assert(
    fc.property(fc.array(identity, { minLength: 1, maxLength: 6 }), (identities) => {
      const overlap = overlapOf(identities);
      if (overlap === undefined) expect(refusalOf(identities)).toBe("");
      else expect(refusalOf(identities)).toContain(overlap);
      if (overlap !== undefined) overlapping++;
    }),
    { numRuns: 2000 },
  );
  expect(overlapping).toBeGreaterThan(100);
});
