import { goodCrl, goodOcsp } from "../baseline";
import { CborMap, type CborValue, Float, Tagged } from "../cbor";
import { context, contextPrimitive, integer, sequence } from "../der";
import { HEADER, setMember } from "../envelope";
import type { Plan } from "../plan";
import { chosen, deltaOf } from "./revocation";
import { oneOf, type Recipe, statementOf } from "./recipe";
import { withToken } from "./timestamp";

// Cases of the named differences that other recipes come to too seldom.

const inJws =
  (change: (draft: Parameters<Plan["jws"][number]>[0]) => void) =>
  (plan: Plan): void => {
    plan.format = "jws";
    plan.jws.push(change);
  };
const inCose =
  (change: (draft: Parameters<Plan["cose"][number]>[0], plan: Plan) => void) =>
  (plan: Plan): void => {
    plan.format = "cose";
    plan.cose.push((draft) => change(draft, plan));
  };

export const DIFFERENT: readonly Recipe[] = [
  {
    name: "different: COSE countersignature",
    change: inCose((draft) => {
      const countersignature = [Buffer.alloc(0), new CborMap([]), Buffer.alloc(8)];
      draft.unprotected.push([7, countersignature]);
    }),
  },
  {
    name: "different: base64",
    change: inJws((draft) => {
      const found = draft.unprotected.find(([name]) => name === "x5c");
      if (!found) return;
      const [leaf = "", ...rest] = JSON.parse(found[1]) as string[];
      found[1] = JSON.stringify([`${leaf.slice(0, 64)}\n${leaf.slice(64)}`, ...rest]);
    }),
  },
  {
    name: "different: distinguished name",
    change: (plan) => {
      statementOf(plan).trustedIdentities = ["x509.subject: C=US, ST=WA, O=a\\fe"];
    },
  },
  {
    name: "different: crit",
    change: oneOf(
      inJws((draft) => {
        draft.protected.push(["kid", '"x"']);
        draft.crit.push("kid");
      }),
      inJws((draft) => {
        draft.protected.push(["com.example.x", '"x"']);
        draft.crit.push("com.example.x", "com.example.x");
      }),
    ),
  },
  {
    name: "different: zero time",
    change: oneOf(
      inJws((draft) => {
        draft.crit = draft.crit.filter((name) => name !== HEADER.expiry);
        setMember(draft.protected, HEADER.expiry, '"0001-01-01T00:00:00Z"');
      }),
      inCose((draft) => {
        draft.crit = [...draft.crit.filter((label) => label !== HEADER.expiry), HEADER.expiry];
        setMember<CborValue, CborValue>(draft.protected, HEADER.expiry, new Tagged(1, -62_135_596_800));
      }),
    ),
  },
  {
    name: "different: COSE time",
    change: inCose((draft, plan) => {
      const label = plan.scheme === "notary.x509" ? HEADER.signingTime : HEADER.authenticSigningTime;
      const seconds = Math.floor(plan.signingTime.getTime() / 1000);
      setMember<CborValue, CborValue>(draft.protected, label, new Tagged(1, new Float(seconds)));
    }),
  },
  {
    name: "different: plugin's minimum version",
    change: (plan, { random }) => {
      plan.attributes.push({ key: HEADER.pluginMinVersion, value: "1.0.0", critical: random.percent(50) });
    },
  },
  {
    name: "different: OCSP responder",
    change: (plan, shop) => {
      chosen(plan, shop).ocsp.push({ ...goodOcsp(shop, plan.clock), signer: "delegateWithoutPurpose" });
    },
  },
  {
    name: "different: OCSP address",
    change: (plan, shop) => {
      const certificate = chosen(plan, shop);
      if (shop.random.percent(50)) certificate.crl.push(goodCrl(shop, plan.clock));
      const response = goodOcsp(shop, plan.clock);
      certificate.ocsp.push({ ...response, url: `${response.url}${shop.random.pick(["\0", "/\x7f", "/%zz", "/%"])}` });
    },
  },
  {
    name: "different: delta CRL as base",
    change: (plan, shop) => {
      chosen(plan, shop).crl.push({ ...goodCrl(shop, plan.clock), indicator: 1 });
    },
  },
  {
    name: "different: CRL about other certificates",
    change: (plan, shop) => {
      const elsewhere = contextPrimitive(6, Buffer.from("http://elsewhere.example/x.crl"));
      const value = shop.random.pick([
        sequence(contextPrimitive(4, Buffer.from([0xff]))),
        sequence(contextPrimitive(5, Buffer.from([0xff]))),
        sequence(context(0, context(0, elsewhere))),
        integer(1),
      ]);
      const extensions = [{ oid: "2.5.29.28", critical: shop.random.percent(50), value }];
      chosen(plan, shop).crl.push({ ...goodCrl(shop, plan.clock), extensions });
    },
  },
  {
    name: "different: CRL without number",
    change: (plan, shop) => {
      const list = goodCrl(shop, plan.clock);
      const delta = deltaOf(shop, list, plan);
      if (shop.random.percent(50)) delete list.number;
      else delete delta.number;
      chosen(plan, shop).crl.push(list);
    },
  },
  {
    name: "different: negative accuracy",
    change: (plan, shop) => {
      withToken(plan, shop).accuracy = { seconds: -1 };
    },
  },
];
