import type { Workshop } from "../baseline";
import type { Plan, StatementPlan } from "../plan";
import { oneOf, type Recipe, statementOf, storesOf } from "./recipe";

type StatementChange = (statement: StatementPlan, shop: Workshop, plan: Plan) => void;
const statement =
  (...changes: readonly StatementChange[]) =>
  (plan: Plan, shop: Workshop) =>
    shop.random.pick(changes)(statementOf(plan), shop, plan);
const level =
  (value: unknown): StatementChange =>
  (each) => {
    each.signatureVerification.level = value;
  };
const override =
  (value: unknown): StatementChange =>
  (each) => {
    each.signatureVerification.override = value;
  };
const scopes =
  (...values: readonly unknown[]): StatementChange =>
  (each) => {
    each.registryScopes = values;
  };
const stores =
  (...values: readonly unknown[]): StatementChange =>
  (each) => {
    each.trustStores = values;
  };
const identities =
  (...values: readonly unknown[]): StatementChange =>
  (each) => {
    each.trustedIdentities = values;
  };
const set =
  (name: string, value?: unknown): StatementChange =>
  (each) => {
    if (value === undefined) delete each[name];
    else each[name] = value;
  };
const text =
  (...changes: readonly ((text: string) => string)[]) =>
  (plan: Plan, { random }: Workshop) => {
    plan.policyText.push(random.pick(changes));
  };
const skipped: StatementChange = (each) => {
  each.signatureVerification = { level: "skip" };
  delete each.trustStores;
  delete each.trustedIdentities;
};
const GOOD = "C=US, ST=WA, O=wabbit-networks.io";
const dn =
  (...values: readonly string[]): StatementChange =>
  (each, { random }) => {
    each.trustedIdentities = [`x509.subject:${random.pick(values)}`];
  };

/** One recipe for each rule, so that each code comes up. */
export const POLICY: readonly Recipe[] = [
  {
    name: "policy: JSON",
    change: text(
      (old) => old.slice(0, -1),
      (old) => `${old}}`,
      () => "",
      (old) => `\ufeff${old}`,
      (old) => old.replace("{", "{,"),
      () => "nonsense",
    ),
  },
  {
    name: "policy: followed by more",
    change: text(
      (old) => `${old} {}`,
      (old) => `${old}\n// comment`,
      (old) => `${old}x`,
    ),
  },
  {
    name: "policy: duplicate and miscased names",
    change: text(
      (old) => old.replace('"version"', '"version":"1.0","version"'),
      (old) => old.replace('"name"', '"name":"x","name"'),
      (old) => old.replace('"level"', '"level":"skip","level"'),
      (old) => old.replace('"level"', '"level":"audit","level"'),
      (old) => old.replace('"trustPolicies"', '"trustPolicies":[],"trustPolicies"'),
    ),
  },
  {
    name: "policy: unknown fields",
    change: text(
      (old) => old.replace("{", '{"$schema":"x",'),
      (old) => old.replace('"version"', '"Version"'),
      (old) => old.replace('"trustStores"', '"TrustStores"'),
      (old) => old.replace('"trustedIdentities"', '"trustedidentities"'),
      (old) => old.replace('"name"', '"comment":"x","name"'),
      (old) => old.replace('"level"', '"extra":1,"level"'),
      (old) => old.replace('"level"', '"Level"'),
    ),
  },
  {
    name: "policy: types",
    weight: 2,
    change: oneOf(
      text(
        () => "[]",
        () => "null",
        () => '"x"',
        () => "1",
      ),
      (plan) => {
        plan.policy.version = 1;
      },
      (plan) => {
        plan.policy.trustPolicies = {} as StatementPlan[];
      },
      statement(
        set("name", 1),
        set("name", null),
        set("registryScopes", "*"),
        set("registryScopes", null),
        set("trustStores", "ca:x"),
        set("trustStores", [1]),
        set("trustedIdentities", [null]),
        set("signatureVerification", "strict"),
        set("signatureVerification", null),
        level(1),
        level(null),
        override(null),
        override([]),
        override("x"),
      ),
    ),
  },
  {
    name: "policy: version missing",
    change: (plan, { random }) => {
      plan.policy.version = random.pick(["", undefined]);
    },
  },
  {
    name: "policy: version unsupported",
    change: (plan, { random }) => {
      plan.policy.version = random.pick(["2.0", "1", "1.0 ", "v1.0"]);
    },
  },
  {
    name: "policy: no statements",
    change: (plan, { random }) => {
      if (random.percent(50)) plan.policy.trustPolicies = [];
      else plan.policyText.push(() => '{"version":"1.0"}');
    },
  },
  { name: "policy: statement without name", change: statement(set("name", ""), set("name")) },
  {
    name: "policy: names twice",
    change: (plan) => {
      const { name } = statementOf(plan);
      plan.policy.trustPolicies.push({
        name,
        registryScopes: ["z.example/z"],
        signatureVerification: { level: "skip" },
      });
    },
  },
  { name: "policy: scopes missing", change: statement(scopes(), set("registryScopes")) },
  {
    name: "policy: wildcard scope not alone",
    change: statement(scopes("*", "a.example/b"), scopes("a.example/b", "*")),
  },
  {
    name: "policy: scope invalid",
    weight: 2,
    change: statement((each, { random }) => {
      each.registryScopes = [
        random.pick([
          "a.example",
          "",
          "a.example/",
          "/b",
          "https://a.example/b",
          "a.example/b:tag",
          "a.example/b@sha256:x",
          "a.example/B",
          "a.example/*",
          "*/b",
          "**",
          "a.example/b/",
          "a..example/b",
          "-a.example/b",
          "a.example:/b",
          "a.example:80x/b",
          "a.example/b__c/d--e",
          "a.example/b___c",
          "a.example/b.-c",
          "[::1]/b",
          "ä.example/b",
          "a_b.example/c",
          "a.example/b\n",
          "localhost/b",
          "A.EXAMPLE/b",
          "a/b",
        ]),
      ];
    }),
  },
  {
    name: "policy: scope twice",
    change: (plan, { random }) => {
      const other = {
        name: "second",
        registryScopes: statementOf(plan).registryScopes,
        signatureVerification: { level: "audit" },
        trustStores: storesOf(plan),
        trustedIdentities: ["*"],
      };
      if (random.percent(60)) plan.policy.trustPolicies.push(other);
      else statementOf(plan).registryScopes = [plan.scope, plan.scope];
    },
  },
  {
    name: "policy: level missing",
    change: statement(
      level(""),
      (each) => {
        each.signatureVerification = {} as StatementPlan["signatureVerification"];
      },
      set("signatureVerification"),
    ),
  },
  {
    name: "policy: level unknown",
    change: statement(level("Strict"), level("none"), level("strict "), level("custom")),
  },
  {
    name: "policy: skip with trust",
    change: statement(
      (each) => {
        each.signatureVerification = { level: "skip" };
      },
      (each) => {
        each.signatureVerification = { level: "skip" };
        delete each.trustStores;
      },
    ),
  },
  {
    name: "policy: skip with override",
    change: statement((each, shop, plan) => {
      skipped(each, shop, plan);
      each.registryScopes = [plan.scope];
      each.signatureVerification.override = { expiry: "log" };
    }),
  },
  {
    name: "policy: skip for all",
    change: statement((each, shop, plan) => {
      skipped(each, shop, plan);
      each.registryScopes = ["*"];
    }),
  },
  {
    name: "policy: skip",
    weight: 2,
    change: statement((each, shop, plan) => {
      skipped(each, shop, plan);
      each.registryScopes = [plan.scope];
      shop.random.pick([
        () => undefined,
        () => {
          each.signatureVerification.override = {};
        },
        () => {
          each.trustStores = [];
        },
        () => {
          each.signatureVerification.verifyTimestamp = "always";
        },
      ])();
    }),
  },
  {
    name: "policy: override of something unknown",
    change: statement(override({ Authenticity: "log" }), override({ timestamp: "log" }), override({ "": "log" })),
  },
  {
    name: "policy: override by something unknown",
    change: statement(
      override({ expiry: "warn" }),
      override({ expiry: "" }),
      override({ expiry: "Log" }),
      override({ expiry: 1 }),
      override({ expiry: null }),
    ),
  },
  {
    name: "policy: override of integrity",
    change: statement(
      override({ integrity: "log" }),
      override({ integrity: "enforce" }),
      override({ integrity: "skip" }),
    ),
  },
  {
    name: "policy: override by skip",
    change: statement(
      override({ authenticity: "skip" }),
      override({ expiry: "skip" }),
      override({ authenticTimestamp: "skip" }),
    ),
  },
  {
    name: "policy: overrides",
    weight: 2,
    change: statement((each, { random }) => {
      const validations = ["authenticity", "authenticTimestamp", "expiry", "revocation"];
      each.signatureVerification.override = Object.fromEntries(
        validations.flatMap((validation) =>
          random.percent(60)
            ? [[validation, random.pick(validation === "revocation" ? ["enforce", "log", "skip"] : ["enforce", "log"])]]
            : [],
        ),
      );
    }),
  },
  {
    name: "policy: verifyTimestamp",
    change: statement((each, { random }) => {
      each.signatureVerification.verifyTimestamp = random.pick(["never", "Always", "after", " always"]);
    }),
  },
  {
    name: "policy: verifyTimestamp empty",
    change: statement((each, { random }) => {
      each.signatureVerification.verifyTimestamp = random.pick(["", null]);
    }),
  },
  { name: "policy: no trust stores", change: statement(stores(), set("trustStores")) },
  { name: "policy: no trusted identities", change: statement(identities(), set("trustedIdentities")) },
  { name: "policy: store without type", change: statement(stores("wabbit"), stores("ca"), stores("")) },
  {
    name: "policy: store of an unknown type",
    change: statement(stores("CA:x"), stores("x509:x"), stores(":x"), stores("signingauthority:x"), stores(" ca:x")),
  },
  {
    name: "policy: store name",
    change: statement(
      stores("ca:"),
      stores("ca:a/b"),
      stores("ca:a b"),
      stores("ca:é"),
      stores("ca:a:b"),
      stores("ca:..x/"),
      stores("ca:a\n"),
    ),
  },
  { name: "policy: store name of dots", change: statement(stores("ca:."), stores("ca:..")) },
  {
    name: "policy: wildcard identity not alone",
    change: statement(
      identities("*", `x509.subject: ${GOOD}`),
      identities(`x509.subject: ${GOOD}`, "*"),
      identities("*", "*"),
    ),
  },
  { name: "policy: empty identity", change: statement(identities(""), identities(`x509.subject: ${GOOD}`, "")) },
  {
    name: "policy: identity malformed",
    change: statement(identities("nothing"), identities("x509.subject"), identities("x509.subject:"), identities("**")),
  },
  {
    name: "policy: identity of another type",
    change: statement(
      identities("email:a@b.c"),
      identities(`X509.subject: ${GOOD}`),
      identities(`x509.subject: ${GOOD}`, "oidc:x"),
      identities(": x"),
      identities(" x509.subject: x"),
    ),
  },
  {
    name: "policy: identities overlap",
    change: statement(
      identities(`x509.subject: ${GOOD}`, `x509.subject: ${GOOD}, CN=x`),
      identities(`x509.subject: ${GOOD}, CN=x`, `x509.subject: ${GOOD}`),
      identities(`x509.subject: ${GOOD}`, `x509.subject: O=wabbit-networks.io,S=WA,C=US`),
    ),
  },
  {
    name: "policy: distinguished name invalid",
    weight: 2,
    change: statement(
      dn(
        " ",
        "x",
        "C=US, O=x",
        "ST=WA, O=x",
        "C=US, ST=WA",
        "C=US, ST=WA, O=",
        "C=US, ST=WA, O=x, O=y",
        "C=US, ST=WA, S=WA, O=x",
        "C=US+ST=WA, O=x",
        "C=US, ST=WA, O=#04",
        "C=US, ST=WA, O=a=#b",
        "C=US, ST=WA, O=x,",
        "C=US, ST=WA, O=x,,",
        ",C=US, ST=WA, O=x",
        "C=US, ST=WA, O=a\\",
        "C=US, ST=WA, O=a\\zb",
        "C=US, ST=WA, O=a\\fe",
        "C=US, ST=WA, =x, O=x",
        "c=US, st=WA, o=x",
        "C:US, ST:WA, O:x",
      ),
    ),
  },
  {
    name: "policy: distinguished name forms",
    weight: 3,
    change: statement(
      dn(
        "C=US,ST=WA,O=wabbit-networks.io",
        " C = US , S = WA , O = wabbit-networks.io ",
        "C=US; ST=WA; O=wabbit-networks.io",
        "C=US, ST=WA, O=wabbit\\-networks.io",
        'C=US, ST=WA, O="wabbit, Inc"',
        "C=US, ST=WA, O=wabbit\\2c Inc",
        "C=US, ST=WA, O=wabbit\\, Inc",
        "C=US, ST=WA, O=x\\ ",
        "C=US, ST=WA, O=\\ x",
        "C=US, ST=WA, O=\\#x",
        "C=US, ST=WA, O=a=b",
        "C=US, ST=WA, O=x, CN=",
        "C=US, ST=WA, O=x, 2.5.4.3=y",
        "C=US, ST=WA, O=x, OID.2.5.4.3=y",
        "C=US, ST=WA, O=M\u00fcller",
        "C=US, ST=WA, O=M\\c3\\bcller",
        "C=US, ST=WA, O=a\\+b",
        "C=US, ST=WA, O=x, foo bar=y",
        "C=US, ST=WA, O=x\\\\",
        'C=US, ST=WA, O="x',
        'C=US, ST=WA, O=a\\"b\\"',
        "C=US, ST=WA, O=x\u00a0",
        "C=US, ST=WA, O=x\n",
        "C=US,ST=WA,O=x,CN=a\\00b",
      ),
    ),
  },
  {
    name: "selection: no statement applies",
    change: (plan, { random }) => {
      statementOf(plan).registryScopes = [
        random.pick([
          "other.example/app",
          `${plan.scope}x`,
          `${plan.scope}/x`,
          plan.scope.toUpperCase().replace("/APP", "/app"),
        ]),
      ];
    },
  },
  {
    name: "selection: reference invalid",
    change: (plan, { random }) => {
      plan.scope = random.pick([
        "nohost",
        "",
        "a.example/B",
        "a.example/b:tag",
        "https://a.example/b",
        "*",
        "a.example/b@sha256:x",
      ]);
    },
  },
  {
    name: "selection: the exact statement wins",
    weight: 2,
    change: (plan, { random }) => {
      statementOf(plan).registryScopes = [plan.scope, "z.example/other"];
      const wild = {
        name: "wild",
        registryScopes: ["*"],
        signatureVerification: { level: "audit" },
        trustStores: storesOf(plan),
        trustedIdentities: ["*"],
      };
      if (random.percent(50)) plan.policy.trustPolicies.push(wild);
      else plan.policy.trustPolicies.unshift(wild);
      if (random.percent(30)) statementOf(plan).trustedIdentities = ["x509.subject: C=US, ST=WA, O=nobody"];
    },
  },
  {
    name: "stores named twice",
    change: statement((each) => {
      const [first = ""] = each.trustStores as string[];
      each.trustStores = [...(each.trustStores as string[]), first];
    }),
  },
];
