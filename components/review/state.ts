import type { Certificate } from "../notary/certificates/certificate";
import type { Trust } from "../notary/trust/declaration";

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
  readonly images: readonly ImageSettings[];
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
}

export interface ImageSettings {
  readonly name: string;
  /** `host/project/repository:tag` */
  readonly reference: string;
  readonly signedBy: string;
  /** Weaknesses that its gate accepts by name. */
  readonly acceptWeaker: readonly string[];
}
