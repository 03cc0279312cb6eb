import type { StackSettings } from "../../../components/review/state";
import { HOST, project } from "../semantic/support";
import { fixture, one, type ReportParts } from "./reports";

const between = (base: Partial<StackSettings>, head: Partial<StackSettings>) =>
  one({ settings: head }, { settings: base });
const projects = (base: object, head: object) => between({ projects: [project(base)] }, { projects: [project(head)] });
const robots = (...permissions: string[]) => ({
  robots: permissions.map((permission) => ({ name: "ci", project: "team", permissions: permission })),
});
const image = (changes: object = {}) => ({
  images: [{ name: "app", reference: `${HOST}/team/app:v1`, signedBy: "release", acceptWeaker: [], ...changes }],
});

/** A report for each kind of change of a stack's config, and of its signing identities' certificates. */
export const CONFIG_CHANGES: Readonly<Record<string, ReportParts>> = {
  "gate-switched-off": projects({}, { contentTrust: [] }),
  "gate-switched-on": projects({ contentTrust: [] }, {}),
  "gate-changed": projects({ contentTrust: ["cosign", "notation"] }, { contentTrust: ["cosign"] }),
  "gate-undeclared": between({ projects: [project(), project({ name: "legacy" })] }, { projects: [project()] }),
  "project-public": projects({}, { public: true }),
  "project-private": projects({ public: true }, {}),
  "immutable-tags-removed": projects({ immutableTags: ["v*", "release-*"] }, { immutableTags: ["release-*"] }),
  "immutable-tags-added": projects({}, { immutableTags: ["v*", "release-*"] }),
  "pusher-added": between(robots("pull"), robots("push")),
  "pusher-removed": between(robots("push"), robots()),
  "weaker-accepted": between(image(), image({ acceptWeaker: ["revocation"] })),
  "weaker-no-longer-accepted": between(image({ acceptWeaker: ["revocation"] }), image()),
  "signer-of-image-changed": between(image(), image({ signedBy: "nightly" })),
  "hostname-changed": between({}, { hostname: "images.example.com" }),
  "signing-identity-added": one({ identities: { release: fixture("signer") } }),
  "signing-identity-removed": one({}, { identities: { release: fixture("signer") } }),
  "signing-identity-changed": one(
    { identities: { release: fixture("renewed") } },
    { identities: { release: fixture("signer") } },
  ),
};
