import { authority, DAY, SECOND, signerLeaf } from "../baseline";
import { attribute, identityText } from "../names";
import type { Plan } from "../plan";
import { oneOf, type Recipe, setAction, statementOf, storesOf } from "./recipe";
import { removeTsa } from "./signed";

const typeOf = ({ scheme }: Plan) => (scheme === "notary.x509" ? "ca" : "signingAuthority");
const ownStore = (plan: Plan) =>
  storesOf(plan).find((each) => each.startsWith(`${typeOf(plan)}:`)) ?? `${typeOf(plan)}:unnamed`;

export const TRUST: readonly Recipe[] = [
  {
    name: "no store of the scheme's type",
    weight: 3,
    validation: "authenticity",
    change: (plan, shop) => {
      const other = typeOf(plan) === "ca" ? "signingAuthority" : "ca";
      const statement = statementOf(plan);
      plan.stores[`${other}:only`] = [{ of: "signer", index: plan.chain.length - 1 }];
      statement.trustStores = [`${other}:only`, ...storesOf(plan).filter((each) => each.startsWith("tsa:"))];
      if (shop.random.percent(50)) statement.trustedIdentities = ["*"];
    },
  },
  {
    name: "chain not in the store",
    weight: 3,
    validation: "authenticity",
    change: oneOf(
      (plan, shop) => {
        for (const reference of storesOf(plan)) {
          if (!reference.startsWith("tsa:")) plan.stores[reference] = [{ certificate: authority(shop, plan.clock, 0) }];
        }
      },
      (plan, shop) => {
        // The same name and key, another certificate.
        const root = plan.chain.at(-1);
        if (!root) return;
        for (const reference of storesOf(plan)) {
          if (!reference.startsWith("tsa:"))
            plan.stores[reference] = [{ certificate: { ...root, serial: shop.serial() } }];
        }
      },
    ),
  },
  {
    name: "identity not trusted",
    weight: 3,
    validation: "authenticity",
    change: (plan, { random }) => {
      const [leaf] = plan.chain;
      const attributes = leaf?.subject.flat() ?? [];
      const others = random.pick([
        attributes.map((each) => ({ ...each, value: `${each.value}x` })),
        [...attributes, attribute("POSTALCODE", "not there")].filter(
          ({ type }, index, all) => all.findIndex((each) => each.type === type) === index,
        ),
        attributes.map((each) => ({ ...each, value: each.value.toUpperCase().concat("x") })),
      ]);
      statementOf(plan).trustedIdentities = [`x509.subject: ${identityText(others)}`];
    },
  },
  {
    name: "identities, one of which is trusted",
    change: (plan, { random }) => {
      const [leaf] = plan.chain;
      const attributes = leaf?.subject.flat() ?? [];
      const own = `x509.subject: ${identityText(attributes)}`;
      const other = "x509.subject: C=US, ST=WA, O=other.example, CN=other";
      statementOf(plan).trustedIdentities = random.pick([[own, other], [other, own], [other]]);
    },
  },
  {
    name: "subject that no identity can match",
    weight: 3,
    validation: "authenticity",
    change: (plan, { random }) => {
      const [leaf] = plan.chain;
      if (!leaf) return;
      const [C, ST, O] = [attribute("C", "US"), attribute("ST", "WA"), attribute("O", "wabbit-networks.io")];
      leaf.subject = random.pick([
        [[C], [O]],
        [[C, ST], [O]],
        [[C], [ST], [O], [attribute("OU", "a")], [attribute("OU", "b")]],
        [[C], [ST], [O], [{ type: "1.3.6.1.4.1.99999.2", value: "x" }]],
      ]);
      statementOf(plan).trustedIdentities = ["x509.subject: C=US, ST=WA, O=wabbit-networks.io"];
    },
  },
  {
    name: "untrusted in both ways",
    change: (plan, shop) => {
      setAction(plan, "authenticity", shop.random.pick(["log", "enforce"]));
      for (const reference of storesOf(plan)) {
        if (!reference.startsWith("tsa:")) plan.stores[reference] = [{ certificate: authority(shop, plan.clock, 0) }];
      }
      statementOf(plan).trustedIdentities = ["x509.subject: C=US, ST=WA, O=nobody"];
    },
  },
  {
    name: "trust store: named but absent, or empty",
    weight: 2,
    change: oneOf(
      (plan) => {
        statementOf(plan).trustStores = [...storesOf(plan), `${typeOf(plan)}:absent`];
      },
      (plan) => {
        statementOf(plan).trustStores = [
          `${typeOf(plan) === "ca" ? "signingAuthority" : "ca"}:absent`,
          ...storesOf(plan),
        ];
      },
      (plan) => {
        delete plan.stores[ownStore(plan)];
      },
    ),
  },
  {
    name: "trust store: empty",
    weight: 2,
    change: oneOf(
      (plan) => {
        plan.stores[ownStore(plan)] = [];
      },
      (plan) => {
        plan.stores["ca:empty"] = [];
        statementOf(plan).trustStores = [...storesOf(plan), "ca:empty"];
      },
    ),
  },
  {
    name: "trust store: certificates that it does not take",
    weight: 2,
    change: oneOf(
      (plan, shop) => {
        plan.stores[ownStore(plan)] = [
          { certificate: signerLeaf(shop, plan.clock), issuer: authority(shop, plan.clock, 0) },
        ];
      },
      (plan) => {
        plan.stores[ownStore(plan)] = [{ pem: "no certificate" }];
      },
      (plan) => {
        plan.stores[ownStore(plan)] = [{ pem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" }];
      },
      (plan) => {
        plan.stores[ownStore(plan)] = [{ pem: "" }];
      },
    ),
  },
  {
    name: "trust store: a tsa store of something else than roots",
    change: (plan, shop) => {
      plan.scheme = "notary.x509";
      const intermediate = { certificate: authority(shop, plan.clock, 0), issuer: authority(shop, plan.clock, 1) };
      const selfSigned = { certificate: signerLeaf(shop, plan.clock) };
      plan.stores["tsa:stamps"] = [shop.random.pick([intermediate, selfSigned])];
      if (!storesOf(plan).includes("tsa:stamps")) statementOf(plan).trustStores = [...storesOf(plan), "tsa:stamps"];
    },
  },
  {
    name: "certificate expired",
    weight: 3,
    validation: "authenticTimestamp",
    change: (plan, { random }) => {
      withoutTimestamp(plan);
      const certificate = random.pick(plan.chain);
      certificate.notAfter = new Date(
        Math.floor(plan.clock / SECOND) * SECOND - random.pick([1, 1, 3600, 86_400]) * SECOND,
      );
    },
  },
  {
    name: "certificate not yet valid",
    weight: 3,
    validation: "authenticTimestamp",
    change: (plan, { random }) => {
      withoutTimestamp(plan);
      const certificate = random.pick(plan.chain);
      certificate.notBefore = new Date(
        Math.floor(plan.clock / SECOND) * SECOND + random.pick([1, 3600, 86_400]) * SECOND,
      );
    },
  },
  {
    name: "validity near the clock",
    weight: 2,
    change: (plan, { random }) => {
      withoutTimestamp(plan);
      const certificate = random.pick(plan.chain);
      const whole = Math.floor(plan.clock / SECOND) * SECOND;
      plan.clock = whole + random.pick([0, 0, 1, 500, 999]);
      if (random.percent(50)) certificate.notAfter = new Date(whole + random.pick([-1, 0, 1]) * SECOND);
      else certificate.notBefore = new Date(whole + random.pick([-1, 0, 1]) * SECOND);
    },
  },
  {
    name: "signing authority: certificate not valid at the signing time",
    weight: 3,
    validation: "authenticTimestamp",
    change: (plan, { random }) => {
      toScheme(plan, "notary.x509.signingAuthority");
      const certificate = random.pick(plan.chain);
      const signed = plan.signingTime.getTime();
      if (random.percent(50)) certificate.notAfter = new Date(signed - random.pick([1, 60]) * SECOND);
      else certificate.notBefore = new Date(signed + random.pick([1, 60]) * SECOND);
    },
  },
  {
    name: "signing authority: expired since",
    weight: 2,
    change: (plan, { random }) => {
      toScheme(plan, "notary.x509.signingAuthority");
      const certificate = random.pick(plan.chain);
      certificate.notAfter = new Date(
        Math.max(plan.signingTime.getTime() + random.pick([-1, 0, 1]) * SECOND, certificate.notBefore.getTime()),
      );
      plan.clock += random.pick([0, 1, 100]) * DAY;
    },
  },
  {
    name: "scheme of the other store type",
    change: (plan) => {
      plan.scheme = plan.scheme === "notary.x509" ? "notary.x509.signingAuthority" : "notary.x509";
    },
  },
];

/** The other scheme, with stores of its type. */
export function toScheme(plan: Plan, scheme: string): void {
  const from = typeOf(plan);
  plan.scheme = scheme;
  const to = typeOf(plan);
  if (from === to) return;
  const renamed = new Map<string, string>();
  for (const [reference, entries] of Object.entries(plan.stores)) {
    if (!reference.startsWith(`${from}:`)) continue;
    const name = `${to}:${reference.slice(from.length + 1)}-moved`;
    renamed.set(reference, name);
    plan.stores[name] = entries;
    delete plan.stores[reference];
  }
  const statement = statementOf(plan);
  statement.trustStores = storesOf(plan).map((reference) => renamed.get(reference) ?? reference);
  if (scheme !== "notary.x509") withoutTimestamp(plan);
}

export function withoutTimestamp(plan: Plan): void {
  delete plan.token;
  removeTsa(plan);
  delete statementOf(plan).signatureVerification.verifyTimestamp;
}
