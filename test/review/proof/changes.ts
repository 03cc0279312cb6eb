import type { FindingKind } from "../../../components/review/finding";
import { ACME, NIGHTLY, PARTNER, RELEASE, VENDOR, VENDOR_BUILD } from "./authorities";
import { subject } from "./baseTrust";
import { type Edit, identities, moved, of, statementOf, stores, verification, without } from "./edits";

export interface TrustChange {
  readonly name: string;
  /** Every kind of finding that the change has, sorted: no more and no less. */
  readonly kinds: readonly FindingKind[];
  /** Those of the change back; the opposites of `kinds` when absent. */
  readonly undone?: readonly FindingKind[];
  /** No image flips by it. */
  readonly quiet?: true;
  readonly change: Edit;
  /** The trust folder is gone in head. */
  readonly withoutTrust?: true;
}

const OPPOSITES: readonly (readonly [FindingKind, FindingKind])[] = [
  ["identity-added", "identity-removed"],
  ["identity-widened", "identity-narrowed"],
  ["identity-wildcard-added", "identity-wildcard-removed"],
  ["anchor-added", "anchor-removed"],
  ["tsa-anchor-added", "tsa-anchor-removed"],
  ["level-weakened", "level-strengthened"],
  ["validation-weakened", "validation-strengthened"],
  ["timestamp-mandatory", "timestamp-optional"],
  ["scope-added", "scope-falls-through"],
  ["statement-added", "statement-removed"],
  ["gate-switched-off", "gate-switched-on"],
];

/** The kinds of findings that the change back has, sorted. */
export function kindsUndone({ kinds, undone }: TrustChange): readonly FindingKind[] {
  const opposite = (kind: FindingKind) =>
    OPPOSITES.find((pair) => pair.includes(kind))?.find((other) => other !== kind);
  return undone ?? kinds.map((kind) => opposite(kind) ?? kind).sort();
}

/** Each kind of change of a trust. */
export const CHANGES: readonly TrustChange[] = [
  // who may sign
  { name: "identity widened", kinds: ["identity-widened"], change: of("release", identities(ACME)) },
  { name: "identity narrowed", kinds: ["identity-narrowed"], change: of("others", identities(VENDOR_BUILD)) },
  { name: "identity added", kinds: ["identity-added"], change: of("release", identities(RELEASE, NIGHTLY)) },
  { name: "identity removed", kinds: ["identity-removed"], change: of("nightly", identities(NIGHTLY)) },
  { name: "wildcard added", kinds: ["identity-wildcard-added"], change: of("release", identities("*")) },
  // by what they are trusted
  {
    name: "anchor added to a store",
    kinds: ["anchor-added"],
    change: ({ trust: { stores } }, { roots }) => stores["ca:acme"]?.push(roots.vendor.pem),
  },
  {
    name: "store and identity added",
    kinds: ["anchor-added", "identity-added"],
    change: ({ trust }, { roots }) => {
      trust.stores["ca:partner"] = [roots.partner.pem];
      const others = statementOf(trust, "others");
      stores("ca:vendor", "ca:partner")(others);
      identities(VENDOR, PARTNER)(others);
    },
  },
  {
    name: "anchor removed",
    kinds: ["anchor-removed"],
    change: ({ trust }, { roots }) => {
      trust.stores["ca:acme"] = [roots.acme.pem];
    },
  },
  {
    name: "anchor of the same name with another key",
    kinds: ["anchor-key-changed"],
    change: ({ trust }, { roots, signers }) => {
      trust.stores["ca:acme"] = [roots.impostor.pem, signers.pinned.pem];
    },
  },
  {
    name: "root renewed with its key",
    kinds: ["anchor-added", "anchor-removed"],
    change: ({ trust }, { roots, signers }) => {
      trust.stores["ca:acme"] = [roots.acmeRenewed.pem, signers.pinned.pem];
    },
  },
  {
    // Of a trusted root, and in chains that end in its renewed certificate: what these signed was not trusted.
    name: "intermediate of a root and its renewal added",
    kinds: ["anchor-added"],
    change: ({ trust: { stores } }, { signers }) => stores["ca:acme"]?.push(signers.issuing.pem),
  },
  { name: "store of a signing authority removed", kinds: ["anchor-removed"], change: of("agency", stores("ca:acme")) },
  {
    name: "store of a signing authority added",
    kinds: ["anchor-added"],
    change: of("release", stores("ca:acme", "signingAuthority:agency")),
  },
  // how strictly
  {
    name: "strict becomes permissive",
    kinds: ["level-weakened"],
    change: of("release", verification({ level: "permissive" })),
  },
  { name: "strict becomes audit", kinds: ["level-weakened"], change: of("others", verification({ level: "audit" })) },
  { name: "strict becomes skip", kinds: ["level-weakened"], change: of("release", verification({ level: "skip" })) },
  { name: "audit becomes strict", kinds: ["level-strengthened"], change: of("lab", verification({ level: "strict" })) },
  {
    name: "skip becomes strict",
    kinds: ["level-strengthened"],
    change: of("scratch", (statement) => {
      verification({ level: "strict" })(statement);
      stores("ca:acme")(statement);
      identities(ACME)(statement);
    }),
  },
  ...(
    [
      ["authenticity", "log"],
      ["authenticTimestamp", "log"],
      ["expiry", "log"],
      ["revocation", "skip"],
    ] as const
  ).map(
    ([validation, action]): TrustChange => ({
      name: `override: ${validation} is ${action}`,
      kinds: ["validation-weakened"],
      change: of("release", verification({ level: "strict", override: { [validation]: action } })),
    }),
  ),
  {
    name: "override: authenticTimestamp and expiry are enforced",
    kinds: ["validation-strengthened"],
    change: of(
      "nightly",
      verification({ level: "permissive", override: { authenticTimestamp: "enforce", expiry: "enforce" } }),
    ),
  },
  // time stamps
  {
    name: "time stamps become mandatory by a tsa store",
    kinds: ["timestamp-mandatory", "tsa-anchor-added"],
    change: of("release", stores("ca:acme", "tsa:time")),
  },
  {
    name: "time stamps become mandatory before a certificate's expiry",
    kinds: ["timestamp-mandatory"],
    change: of("shop", verification({ level: "strict" })),
  },
  {
    name: "time stamps are asked for after expiry alone",
    kinds: ["timestamp-optional"],
    change: of("archive", verification({ level: "strict", verifyTimestamp: "afterCertExpiry" })),
  },
  {
    name: "tsa store no longer named",
    kinds: ["timestamp-optional", "tsa-anchor-removed"],
    change: of("archive", stores("ca:acme")),
  },
  {
    name: "another tsa added",
    kinds: ["tsa-anchor-added"],
    change: ({ trust: { stores } }, { roots }) => stores["tsa:time"]?.push(roots.otherTime.pem),
  },
  {
    name: "tsa of the same name with another key",
    kinds: ["anchor-key-changed"],
    change: ({ trust: { stores } }, { roots }) => {
      stores["tsa:time"] = [roots.timeImpostor.pem];
    },
  },
  // where
  {
    name: "scope falls through to *",
    kinds: ["anchor-added", "anchor-removed", "identity-added", "identity-removed", "scope-falls-through"],
    change: moved("team/web"),
  },
  {
    name: "scope moved",
    kinds: ["anchor-added", "identity-added", "identity-removed", "level-weakened", "scope-moved"],
    change: moved("team/web", "nightly"),
  },
  {
    name: "scope added to a statement",
    kinds: ["anchor-added", "anchor-removed", "identity-added", "identity-removed", "scope-added"],
    change: moved("other/one", "release"),
  },
  { name: "statement for * removed", kinds: ["statement-removed"], change: without("others") },
  {
    name: "statement removed, * in its place",
    kinds: [
      "anchor-added",
      "anchor-removed",
      "identity-added",
      "identity-removed",
      "scope-falls-through",
      "statement-removed",
    ],
    undone: ["anchor-added", "anchor-removed", "identity-added", "identity-removed", "statement-added"],
    change: without("agency"),
  },
  {
    name: "statement added",
    kinds: ["anchor-added", "anchor-removed", "identity-added", "identity-removed", "statement-added"],
    undone: [
      "anchor-added",
      "anchor-removed",
      "identity-added",
      "identity-removed",
      "scope-falls-through",
      "statement-removed",
    ],
    change: ({ trust: { policy } }, { scope }) =>
      policy.trustPolicies.push({
        name: "one",
        registryScopes: [scope("other/one")],
        signatureVerification: { level: "strict" },
        trustStores: ["ca:acme"],
        trustedIdentities: [subject(NIGHTLY)],
      }),
  },
  {
    name: "statement for another registry",
    kinds: [
      "anchor-added",
      "anchor-removed",
      "identity-added",
      "identity-removed",
      "scope-added",
      "scope-falls-through",
      "statement-unreachable",
    ],
    undone: [
      "anchor-added",
      "anchor-removed",
      "identity-added",
      "identity-removed",
      "scope-added",
      "scope-falls-through",
    ],
    change: of("release", (statement) => {
      statement.registryScopes = ["elsewhere.example/team/app"];
    }),
  },
  {
    name: "statement renamed",
    kinds: ["statement-renamed"],
    quiet: true,
    change: of("release", (statement) => {
      statement.name = "released";
    }),
  },
  {
    name: "several at once",
    kinds: [
      "anchor-added",
      "anchor-removed",
      "identity-added",
      "identity-removed",
      "identity-widened",
      "level-weakened",
      "scope-falls-through",
    ],
    change: (state, context) => {
      of("release", identities(ACME))(state, context);
      of("others", verification({ level: "permissive" }))(state, context);
      moved("team/web")(state, context);
    },
  },
  {
    name: "trust removed",
    kinds: ["statement-removed", "trust-removed"],
    undone: ["anchor-added", "statement-added", "trust-introduced", "tsa-anchor-added"],
    withoutTrust: true,
    change: () => undefined,
  },
  // the stack's config: notation knows none of it
  {
    name: "gate switched off",
    kinds: ["gate-switched-off"],
    quiet: true,
    change: (state) => {
      state.settings = { ...state.settings, projects: [{ ...GATED, contentTrust: [] }, OPEN] };
    },
  },
];

const GATED = { name: "team", public: false, contentTrust: ["notation"], immutableTags: [] };
const OPEN = { ...GATED, name: "other", contentTrust: [] };
export const PROJECTS = [GATED, OPEN];
