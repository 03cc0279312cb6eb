import type { StackSettings } from "../../../components/review/state/state";
import { HOST, image, project, robot, stackSettings } from "../semantic/support";
import { fixture, one, type ReportParts } from "./reports";

const between = (base: Partial<StackSettings>, head: Partial<StackSettings>) =>
  one({ settings: head }, { settings: base });
const projects = (base: object, head: object) => between({ projects: [project(base)] }, { projects: [project(head)] });
const robots = (...changes: Parameters<typeof robot>[0][]) => ({ robots: changes.map((change) => robot(change)) });
const images = (changes: Parameters<typeof image>[0] = {}) => ({ images: [image(changes)] });
const machine = (changes: object) => {
  const { installation } = stackSettings();
  return { installation: installation && { ...installation, ...changes } };
};
const secrets = (adminPassword: string, encryption: string) => ({ secrets: { adminPassword, encryption } });
const key = (keyFile: string) => ({ identities: [{ name: "release", keyFile }] });
const tls = (changes: object) =>
  machine({ certificate: { from: "letsencrypt", root: undefined, hook: [], ...changes } });

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
  "pusher-added": between(robots({ permissions: "pull" }), robots({})),
  "pusher-removed": between(robots({}), robots()),
  "weaker-accepted": between(images(), images({ acceptWeaker: ["revocation"] })),
  "weaker-no-longer-accepted": between(images({ acceptWeaker: ["revocation"] }), images()),
  "signer-of-image-changed": between(images(), images({ signedBy: "nightly" })),
  "puller-added": between(robots(), robots({ name: "cluster", permissions: "pull" })),
  "puller-removed": between(robots({ name: "cluster", permissions: "pull" }), robots()),
  "robot-lifetime-changed": between(robots({ days: 90 }), robots({ days: undefined })),
  "image-added": between({}, images()),
  "image-removed": between(images(), {}),
  "image-moved": between(images(), images({ reference: `${HOST}/team/app-internal:v1` })),
  "image-content-changed": between(
    images(),
    images({ content: { context: "https://elsewhere.example/app.git#main" } }),
  ),
  "pusher-of-image-changed": between(images(), images({ pushedBy: "nightly" })),
  "tag-takeover-allowed": between(images(), images({ acceptTag: true })),
  "tag-takeover-refused": between(images({ acceptTag: true }), images()),
  "signature-lifetime-changed": between(images({ expirySeconds: 86_400 }), images()),
  "harbor-version-changed": between({}, machine({ version: "2.16.0" })),
  "installer-changed": between({}, machine({ installer: { path: "/root/harbor.tgz", sha256: "ab".repeat(32) } })),
  "tls-source-changed": between({}, tls({ from: "the file /etc/tls/chain.pem with the key /etc/tls/key.pem" })),
  "tls-hook-changed": between({}, tls({ hook: ["/usr/local/bin/dns-record", "--zone", "example.com"] })),
  "signing-key-file-changed": between(key("/etc/breakwater/release.key"), key("/home/ada/release.key")),
  "admin-password-changed": between(secrets("one", "salt"), secrets("two", "salt")),
  "encryption-changed": between(secrets("one", "salt"), secrets("one", "pepper")),
  "provider-setting-changed": between({}, { providers: { "docker:host": "digest" } }),
  "hostname-changed": between({}, { hostname: "images.example.com" }),
  "signing-identity-added": one({ identities: { release: fixture("signer") } }),
  "signing-identity-removed": one({}, { identities: { release: fixture("signer") } }),
  "signing-identity-changed": one(
    { identities: { release: fixture("renewed") } },
    { identities: { release: fixture("signer") } },
  ),
};
