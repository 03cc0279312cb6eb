import { anHourAgo } from "../../support/clock";
import { inDays } from "./authorities";
import type { RepositoryName } from "./baseTrust";
import {
  altered,
  by,
  byAuthority,
  type MadeSignature,
  type Make,
  stampedNow,
  stampedThen,
  tampered,
  whileValid,
} from "./signatures";

// What the two judge differently on purpose is not here: it is named in test/differential/differences.ts.
const SIGNATURES = {
  ...{ release: by("release"), rsa: by("rsa"), p384: by("p384"), nightly: by("nightly"), somebody: by("somebody") },
  ...{ vendor: by("vendor"), vendorBuild: by("vendorBuild"), partner: by("partner"), cross: by("cross") },
  renewed: by("renewed"),
  ...{ impostor: by("impostor"), pinned: by("pinned"), stranger: by("stranger") },
  ...{ listed: by("listed"), revoked: by("revoked"), unlisted: by("unlisted") },
  expired: by("expired", { clock: whileValid }),
  expiredStamped: stampedThen("expired", "past"),
  expiredStampedByOther: stampedThen("expired", "otherPast"),
  stamped: stampedNow,
  stampedThen: stampedThen("release", "past"),
  early: by("early", { clock: () => inDays(3) }),
  signatureExpired: by("release", { expirySeconds: 60 }),
  signatureExpiring: by("release", { expirySeconds: 30 * 86_400 }),
  vendorSignatureExpired: by("vendor", { expirySeconds: 60 }),
  agency: byAuthority("agency", anHourAgo),
  agencyExpired: byAuthority("agencyExpired", whileValid),
  /** Nobody's authority says so: its root is in a store for others. */
  noAgency: byAuthority("release", anHourAgo),
  tampered,
  garbage: altered(by("release"), () => Buffer.from("no envelope")),
  truncated: altered(by("release"), (envelope) => envelope.subarray(0, -20)),
  moved: (authorities, image, format) =>
    by("release", { descriptor: { ...image, size: image.size + 1 } })(authorities, image, format),
} satisfies Record<string, Make>;

type SignatureName = keyof typeof SIGNATURES;

/** What an image of the corpus is signed with. */
export interface Kind {
  /** One, none, or several. */
  readonly signatures: readonly SignatureName[];
  /** Where a trust change shows best what becomes of it: a small corpus has it there alone. */
  readonly home: RepositoryName;
}

const HOMES: Readonly<Record<SignatureName, RepositoryName>> = {
  release: "team/app",
  rsa: "team/shop",
  p384: "team/lab",
  nightly: "team/app",
  somebody: "team/app",
  vendor: "other/one",
  vendorBuild: "other/two",
  partner: "other/one",
  cross: "team/app",
  renewed: "team/app",
  impostor: "team/app",
  pinned: "team/web",
  stranger: "team/app",
  listed: "team/app",
  revoked: "team/app",
  unlisted: "team/web",
  expired: "team/app",
  expiredStamped: "team/archive",
  expiredStampedByOther: "team/archive",
  stamped: "team/archive",
  stampedThen: "team/archive",
  early: "team/nightly",
  signatureExpired: "team/app",
  signatureExpiring: "team/archive",
  vendorSignatureExpired: "team/nightly",
  agency: "team/app",
  agencyExpired: "team/agency",
  noAgency: "team/agency",
  tampered: "team/lab",
  garbage: "team/scratch",
  truncated: "team/lab",
  moved: "team/lab",
};

export const KINDS: readonly Kind[] = [
  { signatures: [], home: "team/scratch" },
  ...(Object.keys(SIGNATURES) as SignatureName[]).map((name) => ({ signatures: [name], home: HOMES[name] })),
  { signatures: ["tampered", "release"], home: "team/app" },
  { signatures: ["vendor", "release"], home: "team/web" },
  { signatures: ["vendorSignatureExpired", "impostor"], home: "other/two" },
  { signatures: ["impostor", "nightly"], home: "team/nightly" },
  { signatures: ["garbage", "vendor"], home: "team/nightly" },
  { signatures: ["moved", "somebody"], home: "team/agency" },
  { signatures: ["revoked", "listed"], home: "team/app" },
  { signatures: ["expired", "expiredStamped", "agency"], home: "team/archive" },
  { signatures: ["stranger", "partner", "cross"], home: "team/lab" },
];

/** The signatures of an image, in order. */
export function signaturesOf({ signatures }: Kind, ...args: Parameters<Make>): Promise<readonly MadeSignature[]> {
  return Promise.all(signatures.map((name) => SIGNATURES[name](...args)));
}
