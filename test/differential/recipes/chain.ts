import { authority, chainOf, DAY, signerLeaf, type Workshop } from "../baseline";
import {
  basicConstraints,
  type CertificatePlan,
  type Extension,
  extendedKeyUsage,
  keyUsage,
  OID,
  PURPOSE,
  removeExtension,
  replaceExtension,
  USAGE,
} from "../certificates";
import { bitString, boolean, context, contextPrimitive, integer, octets, oid, sequence, TAG, tlv } from "../der";
import { isRsa } from "../keys";
import { mutateDer } from "../mutateDer";
import { attribute, identityText, type Name, nameDer, TYPES } from "../names";
import type { Plan } from "../plan";
import type { Random } from "../random";
import { type Change, oneOf, type Recipe, statementOf } from "./recipe";

/** Of the signer, or with the rules of the other chain, of the time stamping authority. */
export type ChainOf = (plan: Plan) => CertificatePlan[];
const signer: ChainOf = ({ chain }) => chain;

/** Trust in another root, as a certificate that cannot be parsed fits into no trust store. */
export function trustAnother(plan: Plan, shop: Workshop): void {
  for (const [reference, entries] of Object.entries(plan.stores)) {
    if (entries.some((entry) => "of" in entry && entry.of === "signer")) {
      plan.stores[reference] = [{ certificate: authority(shop, plan.clock, 0) }];
    }
  }
}
const half =
  (change: Change): Change =>
  (plan, shop) => {
    change(plan, shop);
    if (shop.random.percent(60)) trustAnother(plan, shop);
  };

/** At least so many certificates, by another chain when there are fewer; what trusted its root trusts the new one. */
export function deepen(plan: Plan, shop: Workshop, depth: number): void {
  if (plan.chain.length >= depth) return;
  const [leaf = signerLeaf(shop, plan.clock)] = plan.chain;
  plan.chain = chainOf(shop, plan.clock, depth, leaf);
  for (const entries of Object.values(plan.stores)) {
    for (const entry of entries) if ("of" in entry && entry.of === "signer") entry.index = depth - 1;
  }
}

const atLeaf =
  (change: (leaf: CertificatePlan, shop: Workshop) => void): Change =>
  (plan, shop) => {
    const [leaf] = plan.chain;
    if (leaf) change(leaf, shop);
  };
/** At a CA of the chain, any or the one above the leaf. */
const atCa =
  (change: (ca: CertificatePlan, shop: Workshop) => void, of: ChainOf = signer): Change =>
  (plan, shop) => {
    if (of === signer) deepen(plan, shop, 2);
    const issuers = of(plan).slice(1);
    change(shop.random.pick(issuers), shop);
  };

const { digitalSignature, keyCertSign, cRLSign } = USAGE;
const surplus = [2, 3, 4, 5, 6, 7, 8];

export const caChanges = (of: ChainOf) => ({
  basicConstraints: oneOf(
    atCa((ca) => removeExtension(ca, OID.basicConstraints), of),
    atCa((ca) => replaceExtension(ca, basicConstraints(false)), of),
    atCa((ca) => replaceExtension(ca, basicConstraints(true, undefined, false)), of),
  ),
  keyUsage: oneOf(
    atCa((ca) => removeExtension(ca, OID.keyUsage), of),
    atCa((ca) => replaceExtension(ca, keyUsage([digitalSignature, cRLSign])), of),
    atCa((ca) => replaceExtension(ca, keyUsage([keyCertSign, cRLSign], false)), of),
    atCa((ca) => replaceExtension(ca, keyUsage([])), of),
  ),
});

export const alternativeName = (host: string): Extension => ({
  oid: "2.5.29.17",
  critical: false,
  value: sequence(contextPrimitive(2, Buffer.from(host))),
});
export const permittedNames = (host: string): Extension => ({
  oid: OID.nameConstraints,
  critical: true,
  value: sequence(context(0, sequence(contextPrimitive(2, Buffer.from(host))))),
});
const unknownExtension = (critical: boolean) => ({
  oid: "1.3.6.1.4.1.99999.1",
  critical,
  value: octets(Buffer.from("x")),
});
const malformedValues: readonly [string, Buffer][] = [
  [OID.basicConstraints, octets(Buffer.from("x"))],
  [OID.basicConstraints, sequence(integer(1), boolean(true))],
  [OID.basicConstraints, Buffer.concat([sequence(boolean(true)), Buffer.from([5, 0])])],
  [OID.basicConstraints, sequence(tlv(TAG.boolean, Buffer.from([1])))],
  [OID.keyUsage, octets(Buffer.from("x"))],
  [OID.keyUsage, tlv(TAG.bitString)],
  [OID.keyUsage, tlv(TAG.bitString, Buffer.from([9, 0x80]))],
  [OID.extendedKeyUsage, sequence()],
  [OID.extendedKeyUsage, oid(PURPOSE.codeSigning)],
  [OID.extendedKeyUsage, Buffer.alloc(0)],
  [OID.subjectKeyIdentifier, Buffer.from([4])],
  [OID.subjectKeyIdentifier, sequence()],
  [OID.authorityKeyIdentifier, octets(Buffer.from("x"))],
  [
    OID.crlDistributionPoints,
    sequence(sequence(context(0, context(0, contextPrimitive(6, Buffer.from("\x01not a url")))))),
  ],
  [OID.crlDistributionPoints, sequence(sequence(context(0, context(0, contextPrimitive(2, Buffer.from("dns"))))))],
  [OID.crlDistributionPoints, sequence()],
  [
    OID.authorityInfoAccess,
    sequence(sequence(oid("1.3.6.1.5.5.7.48.2"), contextPrimitive(6, Buffer.from("http://x/ca.cer")))),
  ],
  [OID.authorityInfoAccess, sequence(oid("1.3.6.1.5.5.7.48.1"))],
  [OID.nameConstraints, sequence(context(0, sequence(contextPrimitive(2, Buffer.from(".example.com")))))],
  [OID.nameConstraints, sequence()],
  [OID.nameConstraints, octets(Buffer.from("x"))],
  [OID.certificatePolicies, sequence(sequence(oid("2.5.29.32.0")))],
  [OID.certificatePolicies, octets(Buffer.from("x"))],
  ["2.5.29.17", sequence(contextPrimitive(2, Buffer.from("example.com")), contextPrimitive(1, Buffer.from("a@b.c")))],
  ["2.5.29.17", sequence(contextPrimitive(7, Buffer.alloc(3)))],
  ["2.5.29.17", sequence(contextPrimitive(6, Buffer.from("http://[x")))],
  ["2.5.29.17", sequence()],
  ["2.5.29.36", sequence(contextPrimitive(0, Buffer.from([0])))],
  ["2.5.29.33", sequence()],
  ["2.5.29.54", integer(1)],
];

/** A SubjectPublicKeyInfo. */
export const unknownKey = (algorithm: string) => sequence(sequence(oid(algorithm)), bitString(Buffer.alloc(32, 9)));

/** An extension that is unknown, malformed or unusual. */
export function oddExtension(certificate: CertificatePlan, random: Random): void {
  const [identifier, value] = random.pick(malformedValues);
  if (random.percent(25)) certificate.extensions.push(unknownExtension(random.percent(70)));
  else replaceExtension(certificate, { oid: identifier, critical: random.percent(30), value });
}

export const CHAIN: readonly Recipe[] = [
  {
    name: "certificate: elements, signed again",
    weight: 10,
    change: half((plan, { random }) => {
      const certificate = random.pick(plan.chain);
      certificate.mutate = (tbs) => mutateDer(tbs, random);
    }),
  },
  {
    name: "chain: order",
    weight: 2,
    change: (plan, shop) => {
      deepen(plan, shop, 3);
      const [leaf = 0, ...issuers] = plan.chain.map((_, index) => index);
      plan.include = shop.random.pick([
        [leaf, ...issuers.reverse()],
        [leaf, issuers.at(-1) ?? 0],
        [...issuers.slice(0, 1), leaf, ...issuers.slice(1)],
        [leaf, leaf, ...issuers],
      ]);
    },
  },
  {
    name: "chain: incomplete",
    weight: 2,
    change: (plan, shop) => {
      deepen(plan, shop, 2);
      plan.include = plan.chain.map((_, index) => index).slice(0, shop.random.between(1, plan.chain.length - 1));
    },
  },
  {
    name: "chain: more than the root",
    weight: 2,
    change: (plan, shop) => {
      const all = plan.chain.map((_, index) => index);
      if (shop.random.percent(50)) plan.include = [...all, all.length - 1];
      else {
        plan.chain.push(authority(shop, plan.clock, plan.chain.length));
        plan.chain[plan.chain.length - 2] = {
          ...(plan.chain.at(-2) as CertificatePlan),
          issuer: plan.chain.at(-2)?.subject ?? [],
          signedBy: (plan.chain.at(-2) as CertificatePlan).key,
        };
      }
    },
  },
  {
    name: "chain: not issued by the next",
    weight: 2,
    change: oneOf(
      (plan, shop) => {
        deepen(plan, shop, 2);
        const certificate = shop.random.pick(plan.chain.slice(0, -1));
        certificate.signedBy = shop.otherKey(shop.key("EC-256"));
      },
      (plan, shop) => {
        deepen(plan, shop, 2);
        shop.random.pick(plan.chain.slice(0, -1)).issuer = shop.name();
      },
      (plan, shop) => {
        // The same name in another string type: equal to the eye, not in bytes.
        deepen(plan, shop, 2);
        const issuer = plan.chain[1]?.subject ?? [];
        const [leaf] = plan.chain;
        if (leaf) leaf.issuer = issuer.map((relative) => relative.map((each) => ({ ...each, tag: TAG.t61String })));
      },
      (plan, { random }) => {
        random.pick(plan.chain).corrupt = "signature";
      },
    ),
  },
  {
    name: "chain: single",
    weight: 2,
    change: half(
      oneOf(
        (plan, shop) => single(plan, shop, () => undefined),
        (plan, shop) =>
          single(plan, shop, (leaf) => {
            leaf.issuer = shop.name();
          }),
        (plan, shop) =>
          single(plan, shop, (leaf) => {
            leaf.signedBy = shop.otherKey(leaf.key);
          }),
        (plan, shop) => single(plan, shop, (leaf) => replaceExtension(leaf, basicConstraints(true))),
        (plan, shop) => single(plan, shop, (leaf) => replaceExtension(leaf, keyUsage([digitalSignature, keyCertSign]))),
        (plan, shop) =>
          single(plan, shop, (leaf) => {
            leaf.hash = "sha1";
          }),
      ),
    ),
  },
  {
    name: "certificate: malformed",
    weight: 2,
    change: half(
      oneOf(
        (plan, { random }) => {
          random.pick(plan.chain).corrupt = random.pick(["truncated", "trailing"]);
        },
        (plan, { random }) => {
          random.pick(plan.chain).innerHash = random.pick(["sha384", "sha512"]);
        },
        (plan, { random }) => {
          random.pick(plan.chain).version = random.pick([1, 2, 4]);
        },
        (plan, { random }) => {
          random.pick(plan.chain).serial = random.pick([
            Buffer.alloc(0),
            Buffer.from([0]),
            random.bytes(20),
            random.bytes(25),
          ]);
        },
        (plan, { random }) => {
          const certificate = random.pick(plan.chain);
          certificate.extensions.push(random.pick(certificate.extensions));
        },
        (plan, { random }) => {
          const certificate = random.pick(plan.chain);
          certificate.notAfter = new Date(certificate.notBefore.getTime() - DAY);
        },
        (plan, { random }) => {
          random.pick(plan.chain).notAfter = new Date(Date.UTC(random.pick([2049, 2050, 9999]), 11, 31, 23, 59, 59));
        },
      ),
    ),
  },
  {
    name: "certificate: extensions",
    weight: 4,
    change: half((plan, { random }) => {
      oddExtension(random.pick(plan.chain), random);
    }),
  },
  {
    name: "certificate: bytes, not signed again",
    weight: 2,
    change: (plan, { random }) => {
      const at = random.below(plan.chain.length);
      const change = (der: Buffer) => {
        const changed = Buffer.from(der);
        const position = random.below(changed.length);
        changed[position] = (changed[position] ?? 0) ^ (1 << random.below(8));
        return changed;
      };
      plan.jws.push((draft) => {
        const found = draft.unprotected.find(([name]) => name === "x5c");
        if (!found) return;
        const x5c = JSON.parse(found[1]) as string[];
        const chosen = x5c[at] ?? x5c[0];
        if (chosen !== undefined) x5c[x5c.indexOf(chosen)] = change(Buffer.from(chosen, "base64")).toString("base64");
        found[1] = JSON.stringify(x5c);
      });
      plan.cose.push((draft) => {
        const found = draft.unprotected.find(([label]) => label === 33);
        if (!Array.isArray(found?.[1])) return;
        const x5chain = [...(found[1] as Buffer[])];
        const chosen = x5chain[at] ?? x5chain[0];
        if (chosen) x5chain[x5chain.indexOf(chosen)] = change(chosen);
        found[1] = x5chain;
      });
    },
  },
  {
    name: "certificate: SHA-1",
    weight: 3,
    change: (plan, shop) => {
      deepen(plan, shop, 2);
      const certificate = shop.random.pick(plan.chain);
      certificate.hash = "sha1";
      // Ed25519 has a hash of its own.
      (plan.chain[plan.chain.indexOf(certificate) + 1] ?? certificate).key = shop.key(
        shop.random.pick(["EC-256", "RSA-2048"]),
      );
    },
  },
  {
    name: "chain: long",
    change: (plan, shop) => deepen(plan, shop, shop.random.pick([32, 33, 33, 34])),
  },
  {
    name: "certificate: signature algorithm",
    weight: 3,
    change: oneOf(
      (plan, { random }) => {
        random.pick(plan.chain).hash = "sha1";
      },
      (plan, { random }) => {
        random.pick(plan.chain).hash = random.pick(["sha256", "sha384", "sha512"]);
      },
      (plan, shop) => {
        deepen(plan, shop, 2);
        const at = shop.random.between(1, plan.chain.length - 1);
        const issuer = plan.chain[at] as CertificatePlan;
        issuer.key = shop.key(shop.random.pick(["Ed25519", "EC-224", "RSA-1024", "RSA-2056"]));
      },
      (plan, shop) => {
        deepen(plan, shop, 2);
        const at = shop.random.between(1, plan.chain.length - 1);
        (plan.chain[at] as CertificatePlan).key = shop.key("RSA-2048");
        for (const certificate of plan.chain)
          if (certificate === plan.chain[at] || certificate === plan.chain[at - 1])
            certificate.pss = isRsa((plan.chain[plan.chain.indexOf(certificate) + 1] ?? certificate).key);
      },
    ),
  },
  {
    name: "leaf: basic constraints",
    weight: 3,
    change: oneOf(
      atLeaf((leaf) => replaceExtension(leaf, basicConstraints(true))),
      atLeaf((leaf) => replaceExtension(leaf, basicConstraints(false, undefined, false))),
      atLeaf((leaf) => replaceExtension(leaf, basicConstraints(true, 0))),
      atLeaf((leaf) => replaceExtension(leaf, basicConstraints(false, 0))),
    ),
  },
  {
    name: "leaf: key usage",
    weight: 2,
    change: oneOf(
      atLeaf((leaf) => removeExtension(leaf, OID.keyUsage)),
      atLeaf((leaf) => replaceExtension(leaf, keyUsage([digitalSignature], false))),
      atLeaf((leaf) => replaceExtension(leaf, keyUsage([1]))),
      atLeaf((leaf) => replaceExtension(leaf, keyUsage([]))),
      atLeaf((leaf, { random }) => replaceExtension(leaf, keyUsage([digitalSignature, random.pick(surplus)]))),
    ),
  },
  {
    name: "leaf: extended key usage",
    weight: 2,
    change: atLeaf((leaf, { random }) => {
      const purposes = random.pick([
        [PURPOSE.serverAuth],
        [PURPOSE.clientAuth],
        [PURPOSE.emailProtection],
        [PURPOSE.timeStamping],
        [PURPOSE.ocspSigning],
        [PURPOSE.codeSigning, PURPOSE.serverAuth],
        [PURPOSE.unknown, PURPOSE.timeStamping],
        [PURPOSE.any],
        [PURPOSE.any, PURPOSE.codeSigning],
      ]);
      replaceExtension(leaf, extendedKeyUsage(purposes, random.percent(50)));
    }),
  },
  {
    name: "leaf: key",
    weight: 2,
    change: half((plan, shop) => {
      const [leaf] = plan.chain;
      if (leaf) leaf.key = shop.key(shop.random.pick(["RSA-1024", "RSA-2056", "EC-224", "Ed25519"]));
    }),
  },
  {
    name: "leaf: key of an unknown algorithm",
    weight: 2,
    change: (plan, shop) => {
      deepen(plan, shop, 2);
      const [leaf] = plan.chain;
      if (leaf)
        leaf.key = { ...leaf.key, spki: unknownKey(shop.random.pick(["1.3.6.1.4.1.99999.4", "1.3.6.1.4.1.99999.5"])) };
    },
  },
  {
    name: "ca: key of an unknown algorithm",
    change: half((plan, shop) => {
      deepen(plan, shop, 2);
      const ca = shop.random.pick(plan.chain.slice(1));
      const algorithm = shop.random.pick(["1.3.101.110", "1.2.840.10040.4.1", "1.3.6.1.4.1.99999.4"]);
      ca.key = { ...ca.key, spki: unknownKey(algorithm) };
    }),
  },
  { name: "ca: basic constraints", weight: 2, change: caChanges(signer).basicConstraints },
  {
    name: "ca: path length",
    weight: 4,
    change: (plan, shop) => {
      deepen(plan, shop, 3);
      const at = shop.random.between(2, plan.chain.length - 1);
      const ca = plan.chain[at] as CertificatePlan;
      replaceExtension(ca, basicConstraints(true, shop.random.pick([at - 2, at - 2, at - 1, -1])));
    },
  },
  { name: "ca: key usage", weight: 2, change: caChanges(signer).keyUsage },
  {
    name: "ca: extended key usage",
    change: atCa((ca, { random }) =>
      replaceExtension(
        ca,
        extendedKeyUsage([random.pick([PURPOSE.serverAuth, PURPOSE.timeStamping, PURPOSE.any])], random.percent(50)),
      ),
    ),
  },
  { name: "subjects", weight: 6, change: oddSubject },
];

function single(plan: Plan, shop: Workshop, change: (leaf: CertificatePlan) => void): void {
  const [leaf = signerLeaf(shop, plan.clock)] = plan.chain;
  plan.chain = [leaf];
  for (const entries of Object.values(plan.stores)) {
    for (const entry of entries) if ("of" in entry && entry.of === "signer") entry.index = 0;
  }
  change(leaf);
}

const ODD_VALUES = [
  "",
  " ",
  "#hash",
  " lead",
  "trail ",
  "a+b",
  "a,b",
  'a"b',
  "a;b",
  "a<b>c",
  "a=b",
  "a\\b",
  "é",
  "日本",
  "\u{1f600}",
  "a\u0000b",
  "a=#b",
  "a  b",
  "\t",
  "\u00a0x",
];

/** Subjects that the rules of trusted identities do not like, or that are hard to print. */
function oddSubject(plan: Plan, { random }: Workshop): void {
  const [leaf] = plan.chain;
  if (!leaf) return;
  const odd = () => random.pick(ODD_VALUES);
  const C = attribute("C", "US");
  const ST = attribute("ST", "WA");
  const O = attribute("O", "wabbit-networks.io");
  const base = [C, ST, O];
  const subjects: (() => Name)[] = [
    () => [[C, ST], [O]],
    () => [[C], [ST], [O, attribute("CN", "x")]],
    () => [[C], [ST], [O], [attribute("OU", "a")], [attribute("OU", "b")]],
    () => [[C], [ST], [O], [attribute("CN", "a")], [attribute("CN", "b")]],
    () => [[C], [ST], [O], [O]],
    () => [[C], [C], [ST], [O]],
    () => [[C], [O]],
    () => [[attribute("CN", "only")]],
    () => [],
    () => [...base.map((each) => [each]), [{ type: "1.2.840.113549.1.9.1", value: "a@b.c", tag: TAG.ia5String }]],
    () => [...base.map((each) => [each]), [{ type: "1.3.6.1.4.1.99999.2", value: odd() }]],
    () => [
      ...base.map((each) => [each]),
      [{ type: "0.9.2342.19200300.100.1.25", value: "example", tag: TAG.ia5String }],
    ],
    () => [...base.map((each) => [each]), [{ type: "2.5.4.12", value: "title" }]],
    () => [[C], [ST], [attribute("O", odd())]],
    () => [[C], [attribute("ST", odd())], [O]],
    () => [[attribute("C", odd())], [ST], [O]],
    () => [[C], [ST], [O], [attribute("CN", odd())]],
    () => [[C], [ST], [O], [attribute("OU", odd())], [attribute("CN", "x")]],
    () => [[C], [ST], [O], [attribute(random.pick(["L", "STREET", "POSTALCODE", "SERIALNUMBER"]), odd())]],
    () => [[C], [ST], [attribute("O", odd(), TAG.bmpString)]],
    () => [[C], [ST], [attribute("O", "M\xfcller", TAG.t61String)]],
    () => [[C], [ST], [attribute("O", "M\xfcller", TAG.printableString)]],
    () => [[C], [ST], [attribute("O", "a*b&c@d_e", TAG.printableString)]],
    () => [[C], [ST], [attribute("O", "123 456", TAG.numericString)]],
    () => [[C], [ST], [attribute("O", "1a", TAG.numericString)]],
    () => [[attribute("O", "wabbit-networks.io")], [attribute("ST", "WA")], [attribute("C", "US")]],
    () => [[C], [ST], [O], []],
  ];
  leaf.subject = random.pick(subjects)();
  const present = leaf.subject.flat().filter(({ type }) => Object.values(TYPES).some((known) => known === type));
  if (random.percent(70) && nameDer(leaf.subject).length > 2) {
    const identity = random.percent(50) ? identityText(present) : "C=US, ST=WA, O=wabbit-networks.io";
    statementOf(plan).trustedIdentities = [`x509.subject: ${identity}`];
  }
}
