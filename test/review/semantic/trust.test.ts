import { beforeAll, describe, expect, it } from "vitest";
import {
  ACME,
  APP,
  certificates,
  diff,
  NIGHTLY,
  only,
  OTHER,
  outline,
  RELEASE,
  type StackOptions,
  type StatementOptions,
  statement,
  thumbprint,
  WEB,
} from "./support";

let made: Awaited<ReturnType<typeof certificates>>;
beforeAll(async () => {
  made = await certificates();
});

/** One stack with these statements; the store `ca:acme` holds the root. */
const stack = (statements: StatementOptions[], stores: Record<string, string[]> = {}): StackOptions => ({
  trustPolicies: statements.map(statement),
  stores: { "ca:acme": [made.root.pem], ...stores },
});
const between = (before: StatementOptions, after: StatementOptions, stores: Record<string, string[]> = {}) =>
  diff(stack([before], stores), stack([after], stores));

describe("identities", () => {
  it("are widened by the loss of an attribute", () => {
    const findings = between({ identities: [RELEASE] }, { identities: [ACME] });
    expect(outline(findings)).toEqual(["identity-widened high widens"]);
    expect(findings[0]).toMatchObject({
      stack: "production",
      statement: "images",
      scopes: [APP],
      subject: "C=US, ST=WA, O=Acme",
      before: "C=US, ST=WA, O=Acme, OU=Release",
      sentence: `In production, anybody whose certificate has C=US, ST=WA, O=Acme may sign ${APP} from now on, and not only those with OU=Release.`,
    });
  });

  it("are widened as one where one swallows two", () => {
    const findings = between({ identities: [RELEASE, NIGHTLY] }, { identities: [ACME] });
    expect(only(findings, "identity-widened").sentence).toContain("not only those with OU=Release or OU=Nightly");
    expect(findings).toHaveLength(1);
  });

  it("are narrowed by another attribute", () => {
    const findings = between({ identities: [ACME] }, { identities: [RELEASE, NIGHTLY] });
    expect(outline(findings)).toEqual(["identity-narrowed medium narrows"]);
  });

  it("come and go", () => {
    const findings = between({ identities: [RELEASE] }, { identities: [OTHER] });
    expect(outline(findings)).toEqual(["identity-added high widens", "identity-removed medium narrows"]);
  });

  it("open to anybody by *", () => {
    const findings = between({ identities: [RELEASE] }, { identities: ["*"] });
    expect(outline(findings)).toEqual(["identity-wildcard-added critical widens"]);
  });

  it("are few again without *", () => {
    expect(outline(between({ identities: ["*"] }, { identities: [RELEASE] }))).toEqual([
      "identity-wildcard-removed medium narrows",
    ]);
  });

  it("are the same in another form", () => {
    const rewritten = "x509.subject:OU=Release,O=Acme,S=WA,C=US";
    expect(between({ identities: [RELEASE, OTHER] }, { identities: [OTHER, rewritten] })).toEqual([]);
  });

  it("are no news to anybody where authenticity is only logged", () => {
    const audit = { verification: { level: "audit" } } as const;
    const findings = between({ ...audit, identities: [RELEASE] }, { ...audit, identities: ["*"] });
    expect(outline(findings)).toEqual(["identity-wildcard-added low widens"]);
  });

  it("widen nothing where only one certificate is trusted", () => {
    const stores = { "ca:acme": [made.leaf.pem] };
    expect(outline(between({ identities: [RELEASE] }, { identities: ["*"] }, stores))).toEqual([
      "identity-wildcard-added medium neutral",
    ]);
    expect(outline(between({ identities: [RELEASE] }, { identities: [RELEASE, OTHER] }, stores))).toEqual([
      "identity-added low neutral",
    ]);
  });

  it("say in one sentence what holds for many repositories", () => {
    const scopes = [WEB, APP];
    const findings = between({ scopes, identities: [RELEASE] }, { scopes, identities: [ACME] });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.scopes).toEqual([APP, WEB]);
    expect(findings[0]?.sentence).toContain(`${APP} and ${WEB}`);
  });
});

describe("anchors", () => {
  const withStore = (pems: string[], options: StatementOptions = {}): StackOptions => ({
    trustPolicies: [statement(options)],
    stores: { "ca:acme": pems },
  });

  it("are named with all that a reviewer compares", () => {
    const finding = only(diff(withStore([made.root.pem]), withStore([made.root.pem, made.second.pem])), "anchor-added");
    expect(finding).toMatchObject({ severity: "high", direction: "widens", subject: thumbprint(made.second) });
    expect(finding.certificate).toEqual({
      subject: "CN=root,O=Other,ST=BE,C=DE",
      issuer: "CN=root,O=Other,ST=BE,C=DE",
      key: "EC-256",
      notBefore: "2026-05-31T12:00:00.000Z",
      notAfter: "2027-06-01T12:00:00.000Z",
      thumbprint: thumbprint(made.second),
    });
    for (const part of ["CN=root,O=Other,ST=BE,C=DE", "2027-06-01", thumbprint(made.second), "a root"])
      expect(finding.sentence).toContain(part);
  });

  it("are critical where anybody that they issue to may sign", () => {
    const any = { identities: ["*"] };
    const finding = only(
      diff(withStore([made.root.pem], any), withStore([made.root.pem, made.second.pem], any)),
      "anchor-added",
    );
    expect(finding.severity).toBe("critical");
    expect(finding.sentence).toContain("anyone that this CA issues to may sign");
  });

  it("go", () => {
    const findings = diff(withStore([made.root.pem, made.second.pem]), withStore([made.root.pem]));
    expect(outline(findings)).toEqual(["anchor-removed medium narrows"]);
  });

  it("change their key behind one name", () => {
    const finding = only(diff(withStore([made.root.pem]), withStore([made.impostor.pem])), "anchor-key-changed");
    expect(finding).toMatchObject({
      severity: "critical",
      direction: "widens",
      before: thumbprint(made.root),
      after: thumbprint(made.impostor),
    });
    expect(finding.sentence).toContain(thumbprint(made.root));
    expect(finding.sentence).toContain(thumbprint(made.impostor));
  });

  it("change their key behind a name that reads the same", () => {
    const findings = diff(withStore([made.root.pem]), withStore([made.lookalike.pem]));
    expect(only(findings, "anchor-key-changed").severity).toBe("critical");
  });

  it("that bear a trusted name beside it stay distinct", () => {
    const finding = only(
      diff(withStore([made.root.pem]), withStore([made.root.pem, made.impostor.pem])),
      "anchor-added",
    );
    expect(finding.sentence).toContain("but another key");
    expect(finding.sentence).toContain(thumbprint(made.impostor));
    expect(finding.sentence).toContain(thumbprint(made.root).slice(0, 16));
  });

  it("renewed with their key are others: signatures made under the former one no longer verify", () => {
    const findings = diff(withStore([made.second.pem]), withStore([made.renewed.pem]));
    expect(outline(findings)).toEqual(["anchor-added medium widens", "anchor-removed medium narrows"]);
    const [added, removed] = findings;
    expect(added?.sentence).toContain("a new certificate for the key of the trusted CN=root,O=Other,ST=BE,C=DE");
    expect(added?.sentence).toMatch(
      /as a root: the same CA as before, and signatures with this certificate in their chain verify from now on, too\.$/,
    );
    expect(removed?.sentence).toMatch(
      /is no longer trusted for \S+: what was signed under it no longer verifies there\.$/,
    );
  });

  it("add nobody below an issuer that is trusted", () => {
    const findings = diff(withStore([made.root.pem]), withStore([made.root.pem, made.intermediate.pem]));
    expect(outline(findings)).toEqual(["anchor-added low neutral"]);
    expect(findings[0]?.sentence).toContain("an intermediate CA");
  });

  it("widen from an intermediate to its root", () => {
    const findings = diff(withStore([made.intermediate.pem]), withStore([made.root.pem]));
    expect(outline(findings)).toEqual(["anchor-added high widens", "anchor-removed low neutral"]);
  });

  it("vouch for one certificate alone when it is a leaf", () => {
    const added = (identities: string[]) =>
      only(
        diff(withStore([made.root.pem], { identities }), withStore([made.root.pem, made.leaf.pem], { identities })),
        "anchor-added",
      );
    expect(added([RELEASE])).toMatchObject({ severity: "high", direction: "widens" });
    expect(added([RELEASE]).sentence).toContain("a single signing certificate");
    expect(added([OTHER])).toMatchObject({ severity: "low", direction: "neutral" });
  });

  it("are the same in a store of another name, in another order, twice", () => {
    const before = withStore([made.root.pem, made.second.pem]);
    const after: StackOptions = {
      trustPolicies: [statement({ stores: ["ca:b", "ca:c"] })],
      stores: { "ca:b": [made.second.pem], "ca:c": [made.root.pem, made.root.pem] },
    };
    expect(diff(before, after)).toEqual([]);
  });

  it("of a signing authority are others than those of a ca store", () => {
    const stores = { "signingAuthority:acme": [made.root.pem] };
    const both = { stores: ["ca:acme", "signingAuthority:acme"] };
    const finding = only(between({}, both, stores), "anchor-added");
    expect(finding.direction).toBe("widens");
    expect(finding.sentence).toContain("signing authority");
  });

  it("have no effect in a store that no statement names", () => {
    const before = stack([{}], { "ca:idle": [] });
    const after = stack([{}], { "ca:idle": [made.second.pem], "tsa:idle": [made.tsa.pem] });
    expect(outline(diff(before, after))).toEqual(["anchor-added low neutral", "tsa-anchor-added low neutral"]);
    expect(outline(diff(after, before))).toEqual(["anchor-removed info neutral", "tsa-anchor-removed info neutral"]);
    expect(diff(before, after)[0]?.sentence).toContain("no statement names");
  });
});

describe("scopes and statements", () => {
  const all = { name: "all", scopes: ["*"], identities: ["*"] };

  it("come to a statement", () => {
    const findings = between({}, { scopes: [APP, WEB] });
    expect(outline(findings)).toEqual(["scope-added high widens"]);
    expect(findings[0]).toMatchObject({ subject: WEB, scopes: [WEB] });
  });

  it("go, and every image fails there", () => {
    expect(outline(between({ scopes: [APP, WEB] }, {}))).toEqual(["scope-removed medium narrows"]);
  });

  it("fall through to *", () => {
    const findings = diff(
      stack([{ scopes: [APP, WEB], identities: [RELEASE] }, all]),
      stack([{ identities: [RELEASE] }, all]),
    );
    expect(outline(findings)).toEqual([
      "identity-wildcard-added critical widens",
      "scope-falls-through critical widens",
    ]);
    expect(only(findings, "scope-falls-through")).toMatchObject({ scopes: [WEB], before: "images", after: "all" });
    expect(only(findings, "identity-wildcard-added").scopes).toEqual([WEB]);
  });

  it("are taken out of *", () => {
    const findings = diff(stack([{}, all]), stack([{ scopes: [APP, WEB] }, all]));
    expect(outline(findings)).toEqual(["identity-wildcard-removed medium narrows", "scope-added medium narrows"]);
  });

  it("move between statements", () => {
    const [one, two] = [
      { name: "one", identities: [RELEASE] },
      { name: "two", identities: [OTHER], scopes: [WEB] },
    ];
    const extra = `${APP}2`;
    const findings = diff(
      stack([{ ...one, scopes: [APP, extra] }, two]),
      stack([one, { ...two, scopes: [WEB, extra] }]),
    );
    expect(outline(findings)).toEqual([
      "identity-added high widens",
      "scope-moved high widens",
      "identity-removed medium narrows",
    ]);
    expect(only(findings, "scope-moved")).toMatchObject({ scopes: [extra], before: "one", after: "two" });
  });

  it("move without effect between equal statements", () => {
    const [one, two] = [{ name: "one" }, { name: "two", scopes: [WEB] }];
    const findings = diff(
      stack([one, two]),
      stack([
        { ...one, scopes: [WEB] },
        { ...two, scopes: [APP] },
      ]),
    );
    expect(outline(findings)).toEqual(["scope-moved info neutral", "scope-moved info neutral"]);
  });

  it("of all other repositories begin with a new statement for *", () => {
    const findings = diff(stack([{}]), stack([{}, all]));
    expect(outline(findings)).toEqual(["identity-wildcard-added critical widens", "statement-added critical widens"]);
    expect(only(findings, "statement-added").sentence).toContain("every repository that no other statement names");
  });

  it("begin with a new statement, whose anchors are news", () => {
    const after = stack([{}, { name: "web", scopes: [WEB], stores: ["ca:second", "ca:acme"] }], {
      "ca:second": [made.second.pem],
    });
    expect(outline(diff(stack([{}]), after))).toEqual(["anchor-added high widens", "statement-added high widens"]);
  });

  it("end with a statement", () => {
    const two = [{}, { name: "web", scopes: [WEB] }];
    expect(outline(diff(stack(two), stack([{}])))).toEqual(["statement-removed medium narrows"]);
    expect(
      outline(diff(stack([...two, { ...all, identities: [ACME] }]), stack([{}, { ...all, identities: [ACME] }]))),
    ).toEqual(["scope-falls-through info neutral", "statement-removed info neutral"]);
  });

  it("end with a statement that trusts nobody: news only where it let anybody pass", () => {
    const web = { name: "web", scopes: [WEB], stores: ["ca:leaf"], identities: [OTHER] };
    const stores = { "ca:leaf": [made.leaf.pem] };
    const without = (options: StatementOptions) =>
      outline(
        diff(stack([{}, options], stores), stack([{}], stores)).filter(({ kind }) => kind === "statement-removed"),
      );
    expect(without(web)).toEqual(["statement-removed info neutral"]);
    expect(without({ ...web, verification: { level: "audit" } })).toEqual(["statement-removed medium narrows"]);
  });

  it("keep their statement under another name", () => {
    const findings = between({ scopes: [APP, WEB] }, { name: "renamed", scopes: [APP, WEB] });
    expect(outline(findings)).toEqual(["statement-renamed info neutral"]);
    expect(findings[0]).toMatchObject({ before: "images", after: "renamed", statement: "renamed" });
  });

  it("say nothing when statements change places", () => {
    const two = [{}, { name: "web", scopes: [WEB] }];
    expect(diff(stack(two), stack(two.toReversed()))).toEqual([]);
  });
});

describe("how strictly", () => {
  const level = (verification: StatementOptions["verification"]) => ({ verification }) as StatementOptions;

  it.each([
    ["strict", "permissive", "level-weakened high widens"],
    ["strict", "audit", "level-weakened critical widens"],
    ["permissive", "audit", "level-weakened critical widens"],
    ["strict", "skip", "level-weakened critical widens"],
    ["audit", "skip", "level-weakened critical widens"],
    ["permissive", "strict", "level-strengthened low narrows"],
    ["skip", "strict", "level-strengthened low narrows"],
  ] as const)("%s becomes %s", (before, after, expected) => {
    const findings = between(level({ level: before }), level({ level: after }));
    // Under `skip` no anchor was trusted.
    expect(outline(findings.filter(({ kind }) => kind !== "anchor-added"))).toEqual([expected]);
  });

  it("is compared in effect, whatever the level is called", () => {
    const permissive = { authenticTimestamp: "log", expiry: "log", revocation: "log" } as const;
    expect(between(level({ level: "permissive" }), level({ level: "strict", override: permissive }))).toEqual([]);
  });

  it.each([
    [undefined, { revocation: "skip" }, "validation-weakened high widens"],
    [undefined, { authenticity: "log" }, "validation-weakened critical widens"],
    [{ expiry: "log" }, { expiry: "enforce" }, "validation-strengthened low narrows"],
    [{ revocation: "log" }, { revocation: "skip" }, "validation-weakened low neutral"],
    [{ revocation: "skip" }, { revocation: "log" }, "validation-strengthened info neutral"],
  ] as const)("overrides go from %j to %j", (before, after, expected) => {
    const strict = (override: object | undefined) => level({ level: "strict", ...(override && { override }) });
    expect(outline(between(strict(before), strict(after)))).toEqual([expected]);
  });

  it("tells apart what is weakened and what is strengthened at once", () => {
    const findings = between(
      level({ level: "strict", override: { revocation: "skip" } }),
      level({ level: "permissive" }),
    );
    expect(outline(findings)).toEqual(["level-weakened high widens", "validation-strengthened info neutral"]);
  });

  it("names * also where nothing was verified before", () => {
    const findings = between(level({ level: "skip" }), { identities: ["*"] });
    expect(outline(findings)).toEqual([
      "identity-wildcard-added medium neutral",
      "anchor-added low neutral",
      "level-strengthened low narrows",
    ]);
  });
});

describe("time stamps", () => {
  const timed = (verifyTimestamp: "always" | "afterCertExpiry", level: "strict" | "permissive" = "strict") =>
    ({ stores: ["ca:acme", "tsa:time"], verification: { level, verifyTimestamp } }) as StatementOptions;
  const tsa = () => ({ "tsa:time": [made.tsa.pem] });

  it("are mandatory by a tsa store", () => {
    const findings = between({}, { stores: ["ca:acme", "tsa:time"] }, tsa());
    expect(outline(findings)).toEqual(["tsa-anchor-added high widens", "timestamp-mandatory medium narrows"]);
  });

  it("are not mandatory by a tsa store that is for expired certificates only", () => {
    expect(outline(between({}, timed("afterCertExpiry"), tsa()))).toEqual(["tsa-anchor-added high widens"]);
  });

  it("become mandatory or optional by verifyTimestamp", () => {
    expect(outline(between(timed("afterCertExpiry"), timed("always"), tsa()))).toEqual([
      "timestamp-mandatory medium narrows",
    ]);
    expect(outline(between(timed("always"), timed("afterCertExpiry"), tsa()))).toEqual([
      "timestamp-optional medium widens",
    ]);
  });

  it("do not depend on verifyTimestamp without a tsa store", () => {
    expect(between({ verification: { level: "strict", verifyTimestamp: "afterCertExpiry" } }, {})).toEqual([]);
  });

  it("are no longer looked at without the store", () => {
    expect(outline(between(timed("always"), {}, tsa()))).toEqual([
      "timestamp-optional medium widens",
      "tsa-anchor-removed medium narrows",
    ]);
  });

  it("are quiet where they are only logged", () => {
    const permissive = { verification: { level: "permissive" } } as const;
    expect(outline(between(permissive, timed("always", "permissive"), tsa()))).toEqual([
      "tsa-anchor-added low widens",
      "timestamp-mandatory low narrows",
    ]);
  });

  it("come from another key behind one name", () => {
    const head = stack([timed("always")], { "tsa:time": [made.tsaImpostor.pem] });
    expect(outline(diff(stack([timed("always")], tsa()), head))).toEqual(["anchor-key-changed high widens"]);
  });
});
