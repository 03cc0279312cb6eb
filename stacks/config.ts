import { Config } from "@pulumi/pulumi";
import type { KeySpec } from "../components/identity/generateTest";

/** What the stack `local` can be told; every value has a default, so that no config has to be committed. */
export interface LocalConfig {
  /** OCI layout folder or archive to sign; relative to the project's folder, or absolute. */
  readonly image: string;
  /** Of 127.0.0.1; when absent a free one is chosen and kept. */
  readonly registryPort: number | undefined;
  /** Key of the signing identity. */
  readonly keySpec: KeySpec;
  /** Lets the image's tag be taken from content that somebody else pushed. */
  readonly acceptTag: boolean;
}

/** The sample that ships with the project. */
export const SAMPLE_IMAGE = "stacks/local/net-monitor";

/** The only reader of the engine's config. */
export function readLocalConfig(): LocalConfig {
  const config = new Config();
  return {
    image: config.get("image") ?? SAMPLE_IMAGE,
    registryPort: config.getNumber("registryPort"),
    keySpec:
      config.get<KeySpec>("keySpec", {
        allowedValues: ["RSA-2048", "RSA-3072", "RSA-4096", "EC-256", "EC-384", "EC-521"],
      }) ?? "RSA-2048",
    acceptTag: config.getBoolean("acceptTag") ?? false,
  };
}
