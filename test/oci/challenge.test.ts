import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseChallenges } from "../../components/oci/challenge";

describe("A WWW-Authenticate header", () => {
  test.each([
    ['Basic realm="registry"', [{ scheme: "basic", parameters: { realm: "registry" } }]],
    [
      'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:app:pull,push"',
      [
        {
          scheme: "bearer",
          parameters: {
            realm: "https://auth.example.com/token",
            service: "registry",
            scope: "repository:app:pull,push",
          },
        },
      ],
    ],
    [
      'Negotiate abc==, Basic realm="a \\"quoted\\" realm", Bearer REALM = token',
      [
        { scheme: "negotiate", parameters: {} },
        { scheme: "basic", parameters: { realm: 'a "quoted" realm' } },
        { scheme: "bearer", parameters: { realm: "token" } },
      ],
    ],
    ["Basic", [{ scheme: "basic", parameters: {} }]],
    ["", []],
  ])("%j is read into its challenges", (header, challenges) => {
    const read = parseChallenges(header).map(({ scheme, parameters }) => ({ scheme, parameters: { ...parameters } }));
    expect(read).toEqual(challenges);
  });

  test("of any text is read without an error", () => {
    const part = fc.constantFrom("Basic", "Bearer", " ", ",", "=", '"', "\\", "realm", "x", "==", "\t");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join("")),
        ),
        (header) => {
          for (const { scheme } of parseChallenges(header)) {
            expect(scheme).toMatch(/^[^\s,="]+$/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("gives back the parameters that were written into it", () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    const value = fc.stringMatching(/^[ -~]{0,20}$/);
    fc.assert(
      fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }), (parameters) => {
        const written = Object.entries(parameters).map(([key, text]) => `${key}="${text.replace(/["\\]/g, "\\$&")}"`);
        const [challenge] = parseChallenges(`Bearer ${written.join(", ")}`);
        expect({ ...challenge?.parameters }).toEqual({ ...parameters });
      }),
    );
  });
});
