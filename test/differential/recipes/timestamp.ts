import { authority, chainOf, DAY, goodToken, publishGood, SECOND, timestampingLeaf, type Workshop } from "../baseline";
import {
  basicConstraints,
  type CertificatePlan,
  extendedKeyUsage,
  keyUsage,
  OID,
  PURPOSE,
  removeExtension,
  replaceExtension,
  USAGE,
} from "../certificates";
import { contentOf, sequence } from "../der";
import { mutateDer } from "../mutateDer";
import type { Plan } from "../plan";
import type { TokenPlan } from "../timestamp";
import { alternativeName, caChanges, oddExtension, permittedNames, unknownKey } from "./chain";
import { type Change, oneOf, type Recipe, statementOf, storesOf } from "./recipe";
import { revoke } from "./revocation";
import { toScheme } from "./trust";

/** A plan with a good token that is looked at. */
export function withToken(plan: Plan, shop: Workshop): TokenPlan {
  toScheme(plan, "notary.x509");
  const token = plan.token ?? goodToken(shop, plan.clock, plan.signingTime.getTime());
  plan.token = token;
  plan.stores["tsa:stamps"] = [{ of: "authority", index: token.chain.length - 1 }];
  const statement = statementOf(plan);
  if (!storesOf(plan).includes("tsa:stamps")) statement.trustStores = [...storesOf(plan), "tsa:stamps"];
  delete statement.signatureVerification.verifyTimestamp;
  return token;
}

const stamped =
  (...changes: readonly ((token: TokenPlan, shop: Workshop, plan: Plan) => void)[]): Change =>
  (plan, shop) => {
    const token = withToken(plan, shop);
    shop.random.pick(changes)(token, shop, plan);
  };
const failing = (name: string, weight: number, change: Change): Recipe => ({
  name: `timestamp: ${name}`,
  weight,
  validation: "authenticTimestamp",
  change,
});
const leafOf = (token: TokenPlan) => token.chain[0] as CertificatePlan;
const rootOf = (token: TokenPlan) => token.chain.length - 1;
const { digitalSignature } = USAGE;
const authorityChain = (plan: Plan) => plan.token?.chain ?? [];
const inChain =
  (change: Change): Change =>
  (plan, shop) => {
    withToken(plan, shop);
    change(plan, shop);
  };

export const TIMESTAMP: readonly Recipe[] = [
  failing("missing", 3, (plan, shop) => {
    withToken(plan, shop);
    delete plan.token;
    plan.stores["tsa:stamps"] = [{ certificate: authority(shop, plan.clock, 0) }];
  }),
  failing(
    "malformed",
    3,
    stamped(
      (token) => {
        token.raw = Buffer.from("x");
      },
      (token) => {
        token.raw = Buffer.from([0x30, 0x00]);
      },
      (token) => {
        token.signedDataVersion = 1;
      },
      (token) => {
        token.eContentType = "1.2.840.113549.1.7.1";
      },
      (token) => {
        token.contentInfoType = "1.2.840.113549.1.7.1";
      },
      (token) => {
        token.version = 2;
      },
      (token) => {
        token.trailing = true;
      },
    ),
  ),
  failing(
    "imprint",
    3,
    stamped(
      (token) => {
        token.imprint = Buffer.alloc(32, 1);
      },
      (token) => {
        token.imprint = Buffer.alloc(0);
      },
    ),
  ),
  failing(
    "not trusted",
    3,
    stamped(
      (_token, shop, plan) => {
        plan.stores["tsa:stamps"] = [{ certificate: authority(shop, plan.clock, 0) }];
      },
      (token) => {
        token.corruptSignature = true;
      },
      (token) => {
        token.messageDigest = "wrong";
      },
      (token) => {
        token.contentType = "wrong";
      },
      (token) => {
        token.messageDigest = "none";
      },
      (token) => {
        token.contentType = "none";
      },
      (token) => {
        token.signers = "none";
      },
      (token) => {
        token.signingCertificate = "wrongHash";
      },
      (token) => {
        token.signingCertificate = "none";
      },
      (token) => {
        token.signingCertificate = "v1";
      },
      (token) => {
        token.signingCertificate = "empty";
      },
      (token) => {
        token.signingCertificate = "v2WrongIssuer";
      },
      (token) => {
        token.include = [];
      },
      (token) => {
        token.signerVersion = 3;
      },
      (token) => {
        token.withoutSignedAttributes = true;
      },
      (token) => {
        leafOf(token).notAfter = new Date(token.genTime.getTime() - SECOND);
      },
      (token) => {
        token.signingTime = new Date(leafOf(token).notBefore.getTime() - DAY);
      },
      (token) => {
        token.digest = "sha1";
      },
    ),
  ),
  failing(
    "key of an unknown algorithm",
    3,
    stamped((token) => {
      const leaf = leafOf(token);
      leaf.key = { ...leaf.key, spki: unknownKey("1.3.6.1.4.1.99999.4") };
    }),
  ),
  {
    name: "timestamp: two ways to a root",
    weight: 6,
    change: (plan, shop) => {
      toScheme(plan, "notary.x509");
      delete plan.token;
      const token = withToken(plan, shop);
      const { random } = shop;
      token.chain = chainOf(shop, plan.clock, 3, timestampingLeaf(shop, plan.clock));
      token.include = [0, 1];
      const [, ca, root] = token.chain;
      if (!ca || !root) return;
      // The same CA, certified by another root, by itself or once more by the same one.
      const otherRoot = authority(shop, plan.clock, 1);
      const issuer = random.pick([otherRoot, otherRoot, root]);
      const twin: CertificatePlan = { ...authority(shop, plan.clock, 0), subject: ca.subject, key: ca.key };
      for (const each of random.pick([[], [ca], [twin], [twin]])) flaw(each, shop, token.genTime.getTime());
      token.extra = [{ certificate: twin, issuer: random.percent(15) ? twin : issuer, first: random.percent(50) }];
      const own = { of: "authority" as const, index: 2 };
      const other = { certificate: otherRoot };
      plan.stores["tsa:stamps"] = random.pick([
        [own],
        [other],
        [own, other],
        [other, own],
        [own, { certificate: twin }],
      ]);
    },
  },
  {
    name: "timestamp: signer named by a primitive element",
    change: stamped((token) => {
      token.signingCertificate = "v2WithIssuer";
      // The directoryName of SigningCertificateV2: [4], constructed, is what the attributes have of this tag alone.
      token.mutateAttributes = (attributes) => {
        const changed = Buffer.from(attributes);
        const at = changed.findLastIndex((byte, index) => byte === 0xa4 && changed[index + 2] === 0x30);
        if (at >= 0) changed[at] = 0x84;
        return changed;
      };
    }),
  },
  {
    name: "timestamp: content that is no DER",
    change: stamped(
      (token) => {
        // Behind all that is known.
        token.mutateInfo = (info) => sequence(contentOf(info), Buffer.from([0x04]));
      },
      (token) => {
        token.accuracy = { seconds: 1 };
        token.mutateInfo = (info) => sequence(contentOf(info), Buffer.from([0x04, 0x05, 0x00]));
      },
    ),
  },
  {
    name: "timestamp: forms",
    weight: 4,
    change: stamped(
      (token) => {
        token.indefinite = true;
      },
      (token) => {
        token.signers = "brokenFirst";
      },
      (token) => {
        token.wrongSigner = true;
        token.signingCertificate = "v2WithIssuer";
      },
      (token) => {
        token.wrongSigner = true;
        token.signingCertificate = "v2";
      },
      (token) => {
        token.hash = "sha1";
      },
      (token) => {
        token.accuracy = {};
      },
      (token) => {
        token.include = [...token.include].reverse();
      },
      (token) => {
        token.include = [...token.include, ...token.include];
      },
      (token, { random }) => {
        token.fraction = random.pick([".000000001", ".9", ".999999999", ".10"]);
      },
      (token, { random }) => {
        token.accuracy = random.pick([{ seconds: -1 }, { seconds: 0 }, { millis: 1000 }, { seconds: 100_000_000 }]);
      },
      (token) => {
        // Behind all that is known.
        token.mutateInfo = (info) => sequence(contentOf(info), Buffer.from([0x04]));
      },
      (token) => {
        token.mutateInfo = (info) => sequence(contentOf(info), Buffer.from([0x04, 0x00]));
      },
    ),
  },
  {
    name: "timestamp: without intermediates",
    change: (plan, shop) => {
      toScheme(plan, "notary.x509");
      delete plan.token;
      const token = withToken(plan, shop);
      token.chain = chainOf(shop, plan.clock, 3, timestampingLeaf(shop, plan.clock));
      token.include = shop.random.pick([[0], [0, 2], [0, 1], [0, 1, 2]]);
      plan.stores["tsa:stamps"] = [{ of: "authority", index: 2 }];
    },
  },
  failing(
    "certificate of the authority",
    4,
    stamped(
      (token) => replaceExtension(leafOf(token), extendedKeyUsage([PURPOSE.timeStamping], false)),
      (token) => replaceExtension(leafOf(token), extendedKeyUsage([PURPOSE.timeStamping, PURPOSE.codeSigning], true)),
      (token) => replaceExtension(leafOf(token), extendedKeyUsage([PURPOSE.timeStamping, PURPOSE.unknown], true)),
      (token) => replaceExtension(leafOf(token), extendedKeyUsage([PURPOSE.codeSigning], true)),
      (token) => replaceExtension(leafOf(token), extendedKeyUsage([PURPOSE.any], true)),
      (token) => removeExtension(leafOf(token), OID.extendedKeyUsage),
      (token) => removeExtension(leafOf(token), OID.keyUsage),
      (token) => removeExtension(leafOf(token), OID.keyUsage),
      (token) => replaceExtension(leafOf(token), keyUsage([digitalSignature, 2])),
      (token) => replaceExtension(leafOf(token), keyUsage([digitalSignature, 5])),
      (token) => replaceExtension(leafOf(token), keyUsage([1])),
      (token) => replaceExtension(leafOf(token), basicConstraints(true)),
    ),
  ),
  {
    name: "timestamp: certificates of its CA",
    weight: 3,
    change: oneOf(
      inChain(caChanges(authorityChain).basicConstraints),
      inChain(caChanges(authorityChain).keyUsage),
      stamped((token, shop, plan) => {
        token.chain = chainOf(shop, plan.clock, 3, leafOf(token));
        token.include = [0, 1, 2];
        plan.stores["tsa:stamps"] = [{ of: "authority", index: 2 }];
        replaceExtension(token.chain[2] as CertificatePlan, basicConstraints(true, 0));
      }),
      stamped((token, { random }) => {
        (random.pick(token.chain) as CertificatePlan).hash = "sha1";
      }),
      stamped((token, shop) => {
        (shop.random.pick(token.chain) as CertificatePlan).key = shop.key(
          shop.random.pick(["RSA-1024", "RSA-2056", "EC-224", "Ed25519"]),
        );
      }),
      stamped((token, { random }) => {
        random
          .pick(token.chain)
          .extensions.push({ oid: "1.3.6.1.4.1.99999.1", critical: true, value: Buffer.from([5, 0]) });
      }),
      stamped((token, { random }) => {
        random
          .pick(token.chain.slice(1))
          .extensions.push(extendedKeyUsage([random.pick([PURPOSE.codeSigning, PURPOSE.timeStamping, PURPOSE.any])]));
      }),
      stamped((token, { random }) => {
        const certificate = random.pick(token.chain.slice(1));
        certificate.notAfter = new Date(token.genTime.getTime() + random.pick([-1, 0, 1]) * SECOND);
      }),
      stamped((token, shop) => {
        (token.chain.at(-1) as CertificatePlan).issuer = shop.name();
      }),
    ),
  },
  failing(
    "outside the certificates' validity",
    3,
    stamped((token, { random }, plan) => {
      const certificate = random.pick(plan.chain);
      if (random.percent(50)) certificate.notAfter = new Date(token.genTime.getTime() - random.pick([1, 60]) * SECOND);
      else certificate.notBefore = new Date(token.genTime.getTime() + random.pick([2, 60]) * SECOND);
    }),
  ),
  {
    name: "timestamp: at the edge of validity",
    weight: 3,
    change: stamped((token, { random }, plan) => {
      const certificate = random.pick(plan.chain);
      token.accuracy = random.pick([{ seconds: 1 }, { millis: 500 }, { seconds: 1, micros: 1 }, { micros: 999 }, {}]);
      if (random.percent(30)) delete token.accuracy;
      const edge = new Date(token.genTime.getTime() + random.pick([-2, -1, 0, 1, 2]) * SECOND);
      if (random.percent(50)) certificate.notAfter = edge;
      else certificate.notBefore = edge;
    }),
  },
  {
    name: "timestamp: certificates expired since",
    weight: 2,
    change: stamped((token, { random }, plan) => {
      const certificate = random.pick(plan.chain);
      certificate.notAfter = new Date(token.genTime.getTime() + 10 * SECOND);
      if (random.percent(50)) statementOf(plan).signatureVerification.verifyTimestamp = "afterCertExpiry";
      if (random.percent(30)) delete plan.token;
      if (!plan.token) plan.stores["tsa:stamps"] = [{ certificate: token.chain.at(-1) as CertificatePlan }];
    }),
  },
  failing("revoked authority", 3, (plan, shop) => {
    const token = withToken(plan, shop);
    revoke(shop, plan, shop.random.pick(token.chain.slice(0, rootOf(token))));
  }),
  failing("authority's status unknown", 3, (plan, shop) => {
    const token = withToken(plan, shop);
    for (const certificate of token.chain) {
      certificate.ocsp = [];
      certificate.crl = [];
    }
    const chosen = shop.random.pick(token.chain.slice(0, rootOf(token)));
    while (chosen.ocsp.length + chosen.crl.length === 0) publishGood(shop, plan.clock, [chosen, chosen], 100);
    for (const each of [...chosen.ocsp, ...chosen.crl]) each.failure = "error";
  }),
  {
    name: "timestamp: bytes",
    weight: 4,
    change: (plan, shop) => {
      withToken(plan, shop);
      const { random } = shop;
      const flip = (token: Buffer) => {
        const changed = Buffer.from(token);
        const at = random.below(changed.length);
        changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
        return changed;
      };
      plan.token = { ...(plan.token as TokenPlan), mutate: flip };
    },
  },
  {
    name: "timestamp: elements, signed again",
    weight: 8,
    change: stamped(
      (token, { random }) => {
        token.mutateInfo = (info) => mutateDer(info, random);
      },
      (token, { random }) => {
        token.mutateAttributes = (attributes) => mutateDer(attributes, random);
      },
      (token, { random }) => {
        random.pick(token.chain).mutate = (tbs) => mutateDer(tbs, random);
      },
    ),
  },
  {
    name: "timestamp: elements",
    weight: 4,
    change: stamped((token, { random }) => {
      token.mutate = (bytes) => mutateDer(bytes, random);
    }),
  },
  {
    name: "timestamp: extensions of the authority",
    weight: 3,
    change: stamped(
      (token, { random }) => oddExtension(random.pick(token.chain), random),
      (token) => {
        const [leaf, ca] = token.chain;
        if (!leaf || !ca) return;
        replaceExtension(leaf, alternativeName("example.com"));
        replaceExtension(ca, permittedNames("example.com"));
      },
    ),
  },
];

/** Makes a CA one that may not issue time stamping certificates, or not at that time. */
function flaw(ca: CertificatePlan, shop: Workshop, time: number): void {
  shop.random.pick([
    () => {
      ca.notAfter = new Date(time - DAY);
    },
    () => replaceExtension(ca, keyUsage([USAGE.cRLSign])),
    () => removeExtension(ca, OID.keyUsage),
    () => replaceExtension(ca, basicConstraints(false)),
    () => ca.extensions.push(extendedKeyUsage([PURPOSE.codeSigning])),
    () => ca.extensions.push({ oid: "1.3.6.1.4.1.99999.1", critical: true, value: Buffer.from([5, 0]) }),
    () => {
      ca.hash = "sha1";
    },
    () => {
      ca.corrupt = "signature";
    },
  ])();
}
