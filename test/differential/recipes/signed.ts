import { DAY, SECOND, type Workshop } from "../baseline";
import { HEADER } from "../envelope";
import { objectOf } from "../facts";
import type { Plan } from "../plan";
import { oneOf, type Recipe } from "./recipe";

// What is the same in both formats: payload, signed attributes, times, bytes.

/** Of a payload that is still one: combined with another change, it may be none any more. */
const payload = (change: (object: Payload, shop: Workshop) => unknown) => (plan: Plan, shop: Workshop) => {
  const object = objectOf(String(plan.payload));
  if (isPayload(object)) plan.payload = JSON.stringify(change(object, shop) ?? object);
};
interface Payload {
  targetArtifact: Record<string, unknown>;
  [other: string]: unknown;
}
const isPayload = (object: Record<string, unknown> | undefined): object is Payload =>
  typeof object?.targetArtifact === "object" && object.targetArtifact !== null;
const target = (change: (artifact: Record<string, unknown>, shop: Workshop) => void) =>
  payload((object, shop) => change(object.targetArtifact, shop));
const text = (change: (text: string) => string | Buffer) => (plan: Plan) => {
  plan.payload = change(String(plan.payload));
};

export const SIGNED: readonly Recipe[] = [
  { name: "valid", weight: 14, change: () => undefined },
  {
    name: "other media type",
    change: oneOf(
      ...[
        "application/json",
        "",
        "application/jose+json; charset=utf-8",
        "APPLICATION/COSE",
        "application/cose-sign1",
      ].map((type) => (plan: Plan) => {
        plan.mediaType = type;
      }),
    ),
  },
  {
    name: "another artifact",
    change: oneOf(
      target((artifact) => {
        artifact.digest = `sha256:${"0".repeat(64)}`;
      }),
      target((artifact) => {
        artifact.size = Number(artifact.size) + 1;
      }),
      target((artifact) => {
        artifact.mediaType = "application/vnd.docker.distribution.manifest.v2+json";
      }),
      target((artifact) => {
        artifact.mediaType = String(artifact.mediaType).toUpperCase();
      }),
    ),
  },
  {
    name: "user metadata",
    weight: 3,
    change: oneOf(
      (plan) => {
        plan.userMetadata = { missing: "x" };
      },
      (plan) => {
        plan.payload = JSON.stringify({ targetArtifact: { ...plan.artifact, annotations: { a: "1", b: "2" } } });
        plan.userMetadata = { a: "1", b: "3" };
      },
      (plan) => {
        plan.payload = JSON.stringify({ targetArtifact: { ...plan.artifact, annotations: { a: "1" } } });
        plan.userMetadata = { a: "1", A: "1" };
      },
      (plan) => {
        plan.userMetadata = { __proto__x: "", toString: "x" };
      },
    ),
  },
  {
    name: "payload: artifact",
    weight: 2,
    change: oneOf(
      payload(() => ({})),
      payload(() => ({ targetArtifact: null })),
      payload(() => ({ targetArtifact: [] })),
      payload(() => ({ targetArtifact: "x" })),
      payload((object) => ({ ...object, other: 1 })),
      target((artifact) => {
        delete artifact.digest;
      }),
      target((artifact) => {
        delete artifact.size;
      }),
      target((artifact) => {
        delete artifact.mediaType;
      }),
      target((artifact) => {
        artifact.size = String(artifact.size);
      }),
      target((artifact) => {
        artifact.size = Number(artifact.size) + 0.5;
      }),
      target((artifact) => {
        artifact.digest = 1;
      }),
      target((artifact) => {
        artifact.annotations = { a: 1 };
      }),
      target((artifact) => {
        artifact.annotations = ["a"];
      }),
      target((artifact) => {
        artifact.annotations = null;
      }),
      target((artifact) => {
        artifact.artifactType = "application/x";
      }),
      target((artifact) => {
        artifact.artifactType = 1;
      }),
      target((artifact) => {
        artifact.urls = ["https://example.com/x"];
      }),
      target((artifact) => {
        artifact.urls = [1];
      }),
      target((artifact) => {
        artifact.data = "AAAA";
      }),
      target((artifact) => {
        artifact.data = "!";
      }),
      target((artifact) => {
        artifact.data = 1;
      }),
      target((artifact) => {
        artifact.platform = { os: "linux", architecture: "amd64" };
      }),
      target((artifact) => {
        artifact.platform = "linux";
      }),
      target((artifact) => {
        artifact.unknown = { a: [1] };
      }),
    ),
  },
  {
    name: "payload: no JSON object",
    weight: 3,
    change: oneOf(
      text(() => ""),
      text(() => "[]"),
      text(() => "null"),
      text(() => "1"),
      text(() => '"text"'),
      text(() => "[{}]"),
    ),
  },
  {
    name: "payload: JSON syntax",
    weight: 4,
    change: oneOf(
      text((old) => `${old}x`),
      text((old) => `${old}{}`),
      text((old) => old.slice(0, -1)),
      text((old) => `\ufeff${old}`),
      text((old) => old.replace(/"size":(\d+)/, '"size":0$1')),
      text((old) => old.replace("}}", "}},")),
      text((old) => old.replaceAll('"', "'")),
    ),
  },
  {
    name: "payload: JSON forms",
    change: oneOf(
      text(() => "{}"),
      text((old) => ` ${old}\n`),
      text((old) => old.replace(/"size":\d+/, '"size":99999999999999999999')),
      text((old) => old.replace(/"size":\d+/, '"size":9007199254740993')),
      text((old) => old.replace("}}", ',"x":"\\ud800"}}')),
      text((old) => old.replace("}}", `,"x":${"[".repeat(200)}${"]".repeat(200)}}}`)),
    ),
  },
  {
    name: "payload: JSON key twice",
    weight: 4,
    change: oneOf(
      text((old) => old.replace('"size":', '"size":1,"size":')),
      text((old) => old.replace('"targetArtifact":', '"targetArtifact":{},"targetArtifact":')),
      text((old) => old.replace("{", '{"x":1,"\\u0078":2,')),
    ),
  },
  {
    name: "payload: JSON names in another case",
    weight: 4,
    change: oneOf(
      text((old) => old.replace('"digest":', '"Digest":"sha256:x","digest":')),
      text((old) => old.replace('"digest":', '"DIGEST":')),
      text((old) => old.replace('"targetArtifact":', '"targetartifact":')),
      text((old) => old.replace('"size":', '"\u017fize":')),
    ),
  },
  {
    name: "payload: JSON numbers",
    weight: 4,
    change: oneOf(
      text((old) => old.replace(/"size":(\d+)/, '"size":$1.0')),
      text((old) => old.replace(/"size":(\d+)/, '"size":$1e0')),
      text((old) => old.replace("}}", ',"x":1e999}}')),
    ),
  },
  {
    name: "payload: not UTF-8",
    weight: 4,
    change: oneOf(
      text((old) => Buffer.from(old.replace("}}", ',"x":"\xff"}}'), "latin1")),
      text((old) => Buffer.concat([Buffer.from(old.slice(0, -1)), Buffer.from(',"\xc3":1}', "latin1")])),
    ),
  },
  {
    name: "payload: JSON nested deeply",
    weight: 4,
    change: text((old) => old.replace("}}", `,"x":${"[".repeat(300)}${"]".repeat(300)}}}`)),
  },
  {
    name: "critical attribute",
    weight: 2,
    change: oneOf(
      (plan, { random }) => {
        plan.attributes.push({
          key: "com.example.critical",
          value: random.pick(["x", 1, null, { a: 1 }, [true]]),
          critical: true,
        });
      },
      (plan) => {
        plan.attributes.push({ key: "io.cncf.notary.unknown", value: "x", critical: true });
      },
      (plan, { random }) => {
        if (plan.format === "cose")
          plan.attributes.push({ key: random.pick([1000, -1000]), value: "x", critical: true });
        else plan.attributes.push({ key: "__proto__", value: "x", critical: true });
      },
    ),
  },
  {
    name: "extended attribute",
    change: (plan, { random }) => {
      plan.attributes.push({
        key: "__proto__",
        value: random.pick(["x", { a: 1 }, null, 3, [1, ["a"]]]),
        critical: false,
      });
      plan.attributes.push({ key: "constructor", value: random.pick([true, "é", -3]), critical: false });
    },
  },
  {
    name: "verification plugin",
    change: oneOf(
      (plan, { random }) => {
        plan.attributes.push({
          key: HEADER.plugin,
          value: random.pick(["com.example.plugin", "", " ", 1, null]),
          critical: true,
        });
      },
      (plan) => {
        plan.attributes.push({ key: HEADER.plugin, value: "com.example.plugin", critical: false });
      },
      (plan, { random }) => {
        plan.attributes.push({ key: HEADER.plugin, value: "com.example.plugin", critical: true });
        plan.attributes.push({
          key: HEADER.pluginMinVersion,
          value: random.pick(["1.0.0", "x", "", 1]),
          critical: random.percent(70),
        });
      },
      (plan, { random }) => {
        plan.attributes.push({ key: HEADER.pluginMinVersion, value: "1.0.0", critical: random.percent(50) });
      },
    ),
  },
  {
    name: "expiry before signing time",
    change: (plan, { random }) => {
      const signed = plan.signingTime.getTime();
      plan.expiry = new Date(signed - random.pick([0, 0, 1, 3600, 86_400]) * SECOND);
    },
  },
  {
    name: "expired signature",
    weight: 3,
    validation: "expiry",
    change: (plan, { random }) => {
      const whole = Math.floor(plan.clock / SECOND) * SECOND;
      plan.expiry = new Date(whole - random.pick([0, 0, 1, 60, 86_400]) * SECOND);
      plan.signingTime = new Date(plan.expiry.getTime() - random.between(1, 1000) * SECOND);
      if (plan.token) plan.token.genTime = plan.signingTime;
      if (plan.token?.signingTime) plan.token.signingTime = plan.signingTime;
    },
  },
  {
    name: "expiry near the clock",
    change: (plan, { random }) => {
      plan.clock = Math.floor(plan.clock / SECOND) * SECOND + random.pick([0, 0, 1, 999]);
      plan.expiry = new Date(Math.floor(plan.clock / SECOND) * SECOND + random.pick([-1, 0, 1]) * SECOND);
      plan.signingTime = new Date(plan.expiry.getTime() - DAY);
      delete plan.token;
      removeTsa(plan);
    },
  },
  {
    name: "bytes flipped",
    weight: 3,
    change: (plan, { random }) => {
      const times = random.pick([1, 1, 2, 5]);
      plan.bytes.push((bytes) => {
        const changed = Buffer.from(bytes);
        for (let time = 0; time < times; time++) {
          const at = random.below(changed.length);
          changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
        }
        return changed;
      });
    },
  },
  {
    name: "bytes inserted, removed or copied",
    weight: 2,
    change: (plan, { random }) => {
      plan.bytes.push((bytes) => {
        const at = random.below(bytes.length);
        const length = random.pick([1, 1, 2, 16, 200]);
        const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
        return random.pick([
          () => Buffer.concat([before, random.bytes(length), after]),
          () => Buffer.concat([before, after.subarray(length)]),
          () => Buffer.concat([before, after.subarray(0, length), after]),
          () => before,
        ])();
      });
    },
  },
  {
    name: "bytes of the protected header, signed again",
    weight: 2,
    change: (plan, { random }) => {
      const flip = (bytes: Buffer) => {
        const changed = Buffer.from(bytes);
        const at = random.below(changed.length);
        changed[at] = random.pick([(changed[at] ?? 0) ^ (1 << random.below(8)), random.below(256)]);
        return changed;
      };
      plan.jws.push((draft) => {
        const members: [string, string][] = [["crit", JSON.stringify(draft.crit)], ...draft.protected];
        draft.protectedBytes = flip(
          Buffer.from(`{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`),
        );
      });
      plan.cose.push((draft) => {
        draft.mutate = flip;
      });
    },
  },
  {
    name: "bytes of the payload, signed again",
    weight: 2,
    change: (plan, { random }) => {
      const bytes = Buffer.from(plan.payload);
      const at = random.below(bytes.length);
      bytes[at] = random.pick([(bytes[at] ?? 0) ^ (1 << random.below(8)), random.below(256), 0x22, 0x5c, 0x20]);
      plan.payload = bytes;
    },
  },
];

/** No store of time stamping authorities any more. */
export function removeTsa(plan: Plan): void {
  delete plan.stores["tsa:stamps"];
  for (const statement of plan.policy.trustPolicies) {
    if (!Array.isArray(statement.trustStores)) continue;
    statement.trustStores = (statement.trustStores as string[]).filter((each) => !each.startsWith("tsa:"));
  }
}
