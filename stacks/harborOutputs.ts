/** The outputs of a stack with Harbor; no secret in them. */
export interface HarborOutputs {
  readonly environment: "harbor";
  /** `https://host[:port]` */
  readonly registry: string;
  /** `notAfter` is ISO 8601; `root` a PEM file, relative to the project's folder, where clients don't know the root. */
  readonly certificate: { readonly issuer: string; readonly notAfter: string; readonly root?: string };
  readonly projects: readonly ProjectOutputs[];
  readonly robots: readonly RobotOutputs[];
  readonly images: readonly ImageOutputs[];
  /** A notation configuration folder, relative to the project's folder. */
  readonly trustDirectory: string;
}

export interface ProjectOutputs {
  readonly name: string;
  /** Kinds of signatures without which Harbor hands out no image. */
  readonly gate: readonly string[];
  /** Each image of the project under the declared trust; absent without a robot that may look. */
  readonly shadow?: readonly ShadowOutputs[];
}

export interface ShadowOutputs {
  readonly reference: string;
  /** Harbor's own word: some signature is there. */
  readonly signed: boolean;
  /** Authenticity is enforced and passed. */
  readonly trusted: boolean;
}

export interface RobotOutputs {
  readonly name: string;
  readonly username: string;
  readonly project: string;
  readonly permissions: string;
  /** Relative to the project's folder: a Docker config folder with its login. */
  readonly dockerConfig: string;
}

export interface ImageOutputs {
  /** `host/repository@digest`, only if the image verifies. */
  readonly reference: string;
  readonly verdict: string;
  readonly signer?: { readonly subject: string; readonly thumbprint: string };
}
