import type { Certificate } from "../../notary/certificates/certificate";
import type { Trust } from "../../notary/trust/declaration";

// What a review compares: the trust of a commit or folder, as plain values. Nothing of it was checked out, installed or run.

/** What could be read, or why not: one malformed side must not hide the other. */
export type Readable<Value> = { readonly value: Value } | { readonly problem: Problem };

export interface Problem {
  /** Of the error that was thrown: stable. */
  readonly code: string;
  readonly message: string;
  /** The file, relative to the state's root. */
  readonly file?: string;
}

/** All stacks of one side, by name; `{}` where there is no trust yet. */
export interface TrustState {
  /** As given: a git ref or a folder, for people. */
  readonly name: string;
  /** The commit that the ref names now. */
  readonly commit?: string;
  readonly stacks: ReadonlyMap<string, StackState>;
}

/** One stack's trust folder and config. */
export interface StackState {
  readonly stack: string;
  /** Policy and stores, compiled as one; undefined where the stack has no trust folder. */
  readonly trust: Readable<Trust> | undefined;
  /** The committed certificates of signing identities, `localkeys/NAME.crt`, leaf first. */
  readonly identities: ReadonlyMap<string, Readable<readonly Certificate[]>>;
  /** What the stack's config says of trust; undefined where the stack has none. */
  readonly settings: Readable<StackSettings> | undefined;
}

/** What a stack config says that bears on who may sign, push or pull. */
export interface StackSettings {
  readonly environment: string;
  /** The registry as references and scopes name it, with its port unless that is 443: `registry.example.com`; undefined without one. */
  readonly hostname: string | undefined;
  readonly projects: readonly ProjectSettings[];
  readonly robots: readonly RobotSettings[];
  readonly identities: readonly IdentitySettings[];
  readonly images: readonly ImageSettings[];
  /** Undefined where no Harbor is declared. */
  readonly installation: InstallationSettings | undefined;
  readonly secrets: SecretSettings;
  /** What providers read on their own, `docker:host`: a digest of each value, which may be a password. */
  readonly providers: Readonly<Record<string, string>>;
}

export interface ProjectSettings {
  readonly name: string;
  readonly public: boolean;
  /** The gate: `notation`, `cosign`; empty when it is open. */
  readonly contentTrust: readonly string[];
  readonly immutableTags: readonly string[];
}

export interface RobotSettings {
  readonly name: string;
  readonly project: string;
  readonly permissions: string;
  /** How many days its password is good; undefined: without an end. */
  readonly days: number | undefined;
  /** How long the password before stays good once there is a new one: `7d`. */
  readonly overlap: string;
}

/** An identity that images are signed by; its certificate is committed with the trust. */
export interface IdentitySettings {
  readonly name: string;
  /** Of its private key, on the machine of an `up`. */
  readonly keyFile: string;
}

export interface ImageSettings {
  readonly name: string;
  /** `host/project/repository:tag` */
  readonly reference: string;
  readonly content: ImageContent;
  readonly signedBy: string;
  /** The robot that pushes image and signature. */
  readonly pushedBy: string;
  /** Its tag may be taken from what somebody else pushed. */
  readonly acceptTag: boolean;
  /** After how many seconds its signatures expire; undefined: never. */
  readonly expirySeconds: number | undefined;
  /** Weaknesses that its gate accepts by name. */
  readonly acceptWeaker: readonly string[];
}

/** What an image is made of: built from a folder or a Git URL, or taken from where it is. */
export type ImageContent =
  | { readonly context: string; readonly dockerfile?: string; readonly platform?: string; readonly rebuild?: string }
  | { readonly source: string };

/** What runs as root on the machine of the registry, and how clients know the registry. */
export interface InstallationSettings {
  /** Harbor's release. */
  readonly version: string;
  /** An offline installer; undefined: the images of the release are pulled. */
  readonly installer: { readonly path: string; readonly sha256: string } | undefined;
  readonly certificate: TlsSettings;
}

/** Where the registry's TLS certificate is from. */
export interface TlsSettings {
  /** `letsencrypt`, or `the file chain.pem with the key key.pem`. */
  readonly from: string;
  /** A file with the root that clients here are told to trust, where they don't know it. */
  readonly root: string | undefined;
  /** The command that is run for DNS records, word by word; empty without one. */
  readonly hook: readonly string[];
}

/** Never a secret itself: what is encrypted stays so, and of that there is a digest. */
export interface SecretSettings {
  /** Of Harbor's admin; undefined where the config has none. */
  readonly adminPassword: string | undefined;
  /** Of what the config's secrets are encrypted with; undefined where nothing is. */
  readonly encryption: string | undefined;
}
