import { Config } from "@pulumi/pulumi";
import { KEY_SPECS, type KeySpec } from "../components/notary/certificates/keySpec";

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

/** Everything that the stack `local` makes lies in here, git-ignored; relative to the project's folder. */
export const LOCAL_HOME = ".breakwater/local";

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
        allowedValues: [...KEY_SPECS],
      }) ?? "RSA-2048",
    acceptTag: config.getBoolean("acceptTag") ?? false,
  };
}
