import { DAY, goodCrl, goodOcsp, SECOND, type Workshop } from "../baseline";
import { type CertificatePlan, distributionPoints, keyUsage, OID, replaceExtension, USAGE } from "../certificates";
import { contentOf, octets, sequence } from "../der";
import { mutateDer } from "../mutateDer";
import type { Plan } from "../plan";
import type { CrlPlan, OcspPlan } from "../revocation";
import { deepen } from "./chain";
import { type Change, oneOf, type Recipe } from "./recipe";
import { toScheme } from "./trust";

const HOUR = 3600 * SECOND;

/** Published by OCSP or CRL that it is revoked. */
export function revoke(shop: Workshop, plan: Plan, certificate: CertificatePlan): void {
  certificate.ocsp = [];
  certificate.crl = [];
  if (shop.random.percent(50)) {
    certificate.ocsp.push({ ...goodOcsp(shop, plan.clock), status: "revoked", reason: shop.random.pick([0, 1, 4, 6]) });
  } else {
    const crl = goodCrl(shop, plan.clock);
    crl.entries.push({ serial: certificate.serial, date: crl.thisUpdate, reason: shop.random.pick([0, 1, 6]) });
    certificate.crl.push(crl);
  }
}

/** A certificate of the signer's chain that is published by nothing yet. */
export function chosen(plan: Plan, shop: Workshop): CertificatePlan {
  deepen(plan, shop, 2);
  const certificate = shop.random.pick(plan.chain.slice(0, -1));
  certificate.ocsp = [];
  certificate.crl = [];
  return certificate;
}

const ocsp =
  (
    ...changes: readonly ((plan: OcspPlan, shop: Workshop, whole: Plan, certificate: CertificatePlan) => void)[]
  ): Change =>
  (plan, shop) => {
    const certificate = chosen(plan, shop);
    const response = goodOcsp(shop, plan.clock);
    certificate.ocsp.push(response);
    shop.random.pick(changes)(response, shop, plan, certificate);
  };
const crl =
  (
    ...changes: readonly ((crl: CrlPlan, shop: Workshop, whole: Plan, certificate: CertificatePlan) => void)[]
  ): Change =>
  (plan, shop) => {
    const certificate = chosen(plan, shop);
    const list = goodCrl(shop, plan.clock);
    certificate.crl.push(list);
    shop.random.pick(changes)(list, shop, plan, certificate);
  };
const failing = (name: string, weight: number, change: Change): Recipe => ({
  name: `revocation: ${name}`,
  weight,
  validation: "revocation",
  change,
});
const entry = (certificate: CertificatePlan, list: CrlPlan, reason?: number) => ({
  serial: certificate.serial,
  date: list.thisUpdate,
  ...(reason !== undefined && { reason }),
});
const unknownExtension = (critical: boolean) => ({
  oid: "1.3.6.1.4.1.99999.3",
  critical,
  value: octets(Buffer.from("x")),
});

export function deltaOf(shop: Workshop, base: CrlPlan, plan: Plan): CrlPlan {
  const delta = goodCrl(shop, plan.clock);
  base.number = 10;
  delta.number = 11;
  delta.indicator = 10;
  base.delta = delta;
  return delta;
}

export const REVOCATION: readonly Recipe[] = [
  failing("revoked", 3, (plan, shop) => revoke(shop, plan, chosen(plan, shop))),
  failing(
    "OCSP unknown",
    4,
    ocsp(
      (response) => {
        response.status = "unknown";
      },
      (response, { random }) => {
        response.responseStatus = random.pick([1, 2, 3, 5, 6]);
      },
      (response) => {
        response.signer = "stranger";
      },
      (response) => {
        response.signer = "delegateWithoutPurpose";
      },
      (response) => {
        response.corruptSignature = true;
      },
      (response) => {
        response.serial = Buffer.from([0x31]);
      },
      (response, { random }, plan) => {
        response.nextUpdate = new Date(plan.clock - random.pick([1, 100]) * SECOND - DAY);
      },
      (response) => {
        delete response.nextUpdate;
      },
      (response) => {
        response.failure = "error";
      },
      (response) => {
        response.failure = "hang";
      },
      (response, { random }) => {
        response.httpStatus = random.pick([404, 500, 204]);
      },
      (response) => {
        response.raw = Buffer.from("nonsense");
      },
      (response) => {
        response.raw = Buffer.alloc(0);
      },
      (response) => {
        response.url = response.url.replace("http:", "https:");
      },
      (response) => {
        response.url = response.url.replace("http:", "ldap:");
      },
      (response) => {
        response.extensions = [unknownExtension(true)];
      },
    ),
  ),
  failing(
    "CRL unknown",
    4,
    crl(
      (list) => {
        list.signer = "stranger";
      },
      (list) => {
        list.corruptSignature = true;
      },
      (list) => {
        delete list.nextUpdate;
      },
      (list, { random }, plan) => {
        list.nextUpdate = new Date(plan.clock - random.pick([1, 100]) * SECOND - DAY);
      },
      (list) => {
        list.failure = "error";
      },
      (list) => {
        list.failure = "hang";
      },
      (list, { random }) => {
        list.httpStatus = random.pick([404, 500, 204]);
      },
      (list) => {
        list.raw = Buffer.from("nonsense");
      },
      (list) => {
        list.extensions = [unknownExtension(true)];
      },
      (list) => {
        list.url = list.url.replace("http:", "https:");
      },
      (_list, _shop, plan, certificate) => {
        const issuer = plan.chain[plan.chain.indexOf(certificate) + 1];
        if (issuer) replaceExtension(issuer, keyUsage([USAGE.keyCertSign]));
      },
      (list, _shop, _plan, certificate) => {
        list.entries.push({ ...entry(certificate, list), extensions: [unknownExtension(true)] });
      },
    ),
  ),
  {
    name: "revocation: OCSP forms",
    weight: 3,
    change: ocsp(
      (response, { random }) => {
        response.others = random.pick([1, 2]);
      },
      (response) => {
        response.extensions = [unknownExtension(false)];
      },
      (response) => {
        response.certIdHash = "sha384";
      },
      (response, _shop, plan) => {
        response.thisUpdate = new Date(plan.clock + HOUR);
      },
      (response, { random }, plan) => {
        plan.clock = Math.floor(plan.clock / SECOND) * SECOND + random.pick([0, 1, 500]);
        response.nextUpdate = new Date(Math.floor(plan.clock / SECOND) * SECOND + random.pick([-1, 0, 1]) * SECOND);
      },
      (response) => {
        response.url = response.url.replace("http:", "HTTP:");
      },
      (response, shop) => {
        response.signer = "delegate";
        response.signerKey = shop.key(shop.random.pick(["RSA-2048", "EC-384", "EC-521"]));
      },
    ),
  },
  {
    name: "revocation: OCSP, then CRL",
    weight: 4,
    change: (plan, shop) => {
      const certificate = chosen(plan, shop);
      const response = goodOcsp(shop, plan.clock);
      shop.random.pick([
        () => {
          response.status = "unknown";
        },
        () => {
          response.failure = "error";
        },
        () => {
          response.responseStatus = 3;
        },
        () => {
          response.status = "revoked";
        },
        () => undefined,
      ])();
      certificate.ocsp.push(response);
      const list = goodCrl(shop, plan.clock);
      if (shop.random.percent(40)) list.entries.push(entry(certificate, list, shop.random.pick([1, 6, 8])));
      if (shop.random.percent(20)) list.failure = "error";
      certificate.crl.push(list);
    },
  },
  {
    name: "revocation: several OCSP responders",
    weight: 2,
    change: (plan, shop) => {
      const certificate = chosen(plan, shop);
      const change = (response: OcspPlan) => {
        const status = shop.random.pick(["good", "revoked", "unknown", "error", "error", "garbage"] as const);
        if (status === "error") response.failure = "error";
        else if (status === "garbage") response.raw = Buffer.from("x");
        else response.status = status;
        return response;
      };
      for (let count = shop.random.between(2, 3); count > 0; count--)
        certificate.ocsp.push(change(goodOcsp(shop, plan.clock)));
    },
  },
  {
    name: "revocation: several CRLs",
    weight: 2,
    change: (plan, shop) => {
      const certificate = chosen(plan, shop);
      for (let count = shop.random.between(2, 3); count > 0; count--) {
        const list = goodCrl(shop, plan.clock);
        const news = shop.random.below(4);
        if (news === 0) list.entries.push(entry(certificate, list, 1));
        if (news === 1) list.failure = "error";
        certificate.crl.push(list);
      }
    },
  },
  {
    name: "revocation: CRL entries",
    weight: 4,
    change: crl(
      (list, _shop, _plan, certificate) => {
        list.entries.push(entry(certificate, list, 8));
      },
      (list, _shop, _plan, certificate) => {
        list.entries.push(entry(certificate, list, 6), {
          ...entry(certificate, list, 8),
          date: new Date(list.thisUpdate.getTime() + SECOND),
        });
      },
      (list, _shop, _plan, certificate) => {
        list.entries.push(
          { ...entry(certificate, list, 8), date: new Date(list.thisUpdate.getTime() + SECOND) },
          entry(certificate, list, 6),
        );
      },
      (list, _shop, _plan, certificate) => {
        list.entries.push(entry(certificate, list, 6), entry(certificate, list, 8));
      },
      (list, _shop, _plan, certificate) => {
        list.entries.push(entry(certificate, list, 8), entry(certificate, list, 1));
      },
      (list, { random }, _plan, certificate) => {
        list.entries.push({
          ...entry(certificate, list, random.pick([2, 7, 10, 99])),
          extensions: [unknownExtension(false)],
        });
      },
      (list) => {
        delete list.number;
      },
      (list) => {
        list.entries = [];
      },
      (list) => {
        list.extensions = [{ oid: "2.5.29.28", critical: true, value: sequence() }];
      },
      (list) => {
        list.extensions = [unknownExtension(false)];
      },
      (list) => {
        list.indicator = 1;
      },
      (list, _shop, plan) => {
        list.thisUpdate = new Date(plan.clock + HOUR);
      },
      (list, { random }, plan) => {
        plan.clock = Math.floor(plan.clock / SECOND) * SECOND + random.pick([0, 1, 500]);
        list.nextUpdate = new Date(Math.floor(plan.clock / SECOND) * SECOND + random.pick([-1, 0, 1]) * SECOND);
      },
    ),
  },
  {
    name: "revocation: invalidity date",
    weight: 4,
    change: (plan, shop) => {
      if (shop.random.percent(70)) toScheme(plan, "notary.x509.signingAuthority");
      const certificate = chosen(plan, shop);
      const invalidityDate = new Date(plan.signingTime.getTime() + shop.random.pick([-DAY, -SECOND, 0, SECOND, DAY]));
      if (shop.random.percent(50)) {
        certificate.ocsp.push({
          ...goodOcsp(shop, plan.clock),
          status: shop.random.pick(["revoked", "revoked", "good"]),
          invalidityDate,
        });
      } else {
        const list = goodCrl(shop, plan.clock);
        list.entries.push({ ...entry(certificate, list, shop.random.pick([1, 6, 8])), invalidityDate });
        if (shop.random.percent(20)) list.entries.push(entry(certificate, list, 1));
        certificate.crl.push(list);
      }
    },
  },
  {
    name: "revocation: delta CRL",
    weight: 4,
    change: crl(
      (list, shop, plan) => {
        deltaOf(shop, list, plan);
      },
      (list, shop, plan, certificate) => {
        const delta = deltaOf(shop, list, plan);
        delta.entries.push(entry(certificate, delta, 1));
      },
      (list, shop, plan, certificate) => {
        const delta = deltaOf(shop, list, plan);
        list.entries.push(entry(certificate, list, 6));
        delta.entries.push({
          ...entry(certificate, delta, 8),
          date: new Date(Math.max(delta.thisUpdate.getTime(), list.thisUpdate.getTime()) + SECOND),
        });
      },
      (list, shop, plan) => {
        deltaOf(shop, list, plan).number = shop.random.pick([9, 10]);
      },
      (list, shop, plan) => {
        deltaOf(shop, list, plan).indicator = shop.random.pick([5, 11]);
      },
      (list, shop, plan) => {
        delete deltaOf(shop, list, plan).indicator;
      },
      (list, shop, plan) => {
        delete deltaOf(shop, list, plan).number;
      },
      (list, shop, plan) => {
        deltaOf(shop, list, plan);
        delete list.number;
      },
      (list, shop, plan) => {
        deltaOf(shop, list, plan).failure = "error";
      },
      (list, shop, plan) => {
        deltaOf(shop, list, plan).corruptSignature = true;
      },
      (list, shop, plan, certificate) => {
        const delta = deltaOf(shop, list, plan);
        certificate.extensions.push(distributionPoints([delta.url], OID.freshestCrl));
      },
      (list, shop, plan, certificate) => {
        certificate.extensions.push(distributionPoints([`${list.url}/delta`], OID.freshestCrl));
        if (shop.random.percent(50)) deltaOf(shop, list, plan);
      },
    ),
  },
  {
    name: "revocation: bytes",
    weight: 3,
    change: oneOf(
      ocsp((response, shop) => {
        response.mutate = flip(shop);
      }),
      crl((list, shop) => {
        list.mutate = flip(shop);
      }),
    ),
  },
  {
    name: "revocation: elements, signed again",
    weight: 6,
    change: oneOf(
      ocsp((response, shop) => {
        response.mutateSigned = (data) => mutateDer(data, shop.random);
        if (shop.random.percent(40)) response.status = "revoked";
      }),
      crl((list, shop, _plan, certificate) => {
        list.mutateSigned = (data) => mutateDer(data, shop.random);
        if (shop.random.percent(40)) list.entries.push(entry(certificate, list, 1));
      }),
    ),
  },
  {
    name: "revocation: elements",
    weight: 2,
    change: oneOf(
      ocsp((response, shop) => {
        response.mutate = (data) => mutateDer(data, shop.random);
      }),
      crl((list, shop) => {
        list.mutate = (data) => mutateDer(data, shop.random);
      }),
    ),
  },
  {
    name: "revocation: forms that Go takes",
    weight: 2,
    change: ocsp(
      (response) => {
        // A responder ID of a private class.
        response.byKey = true;
        response.mutateSigned = (data) => Buffer.from(data).fill(0xe2, headerOf(data), headerOf(data) + 1);
      },
      (response) => {
        // An explicit tag whose length is another.
        response.status = "good";
        response.mutateSigned = (data) => {
          const changed = Buffer.from(data);
          const at = changed.lastIndexOf(Buffer.from([0xa0, 0x11, 0x18, 0x0f]));
          if (at >= 0) changed[at + 1] = 0x12;
          return changed;
        };
      },
    ),
  },
  {
    name: "revocation: named for another issuer",
    weight: 2,
    change: oneOf(
      ocsp((response, shop) => {
        response.issuer = shop.name();
      }),
      crl((list, shop) => {
        list.issuer = shop.name();
      }),
    ),
  },
  {
    name: "revocation: of the root only",
    change: (plan, shop) => {
      const root = plan.chain.at(-1);
      if (root) revoke(shop, plan, root);
    },
  },
];

function flip({ random }: Workshop): (bytes: Buffer) => Buffer {
  const at = random.below(1_000_000);
  const bit = random.below(8);
  return (bytes) => {
    const changed = Buffer.from(bytes);
    const position = at % changed.length;
    changed[position] = (changed[position] ?? 0) ^ (1 << bit);
    return changed;
  };
}

/** Where the content of an element begins. */
const headerOf = (der: Buffer) => der.length - contentOf(der).length;
