import { KEY_SPECS, type KeySpec } from "../components/notary/certificates/keySpec";
import { ConfigInvalidError, type ConfigProblem } from "./error";
import { flag, object, oneOf, optional, path, wholeNumber } from "./fields";
import { homeOf } from "./home";

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

/** Everything that the stack `local` makes lies in here. */
export const LOCAL_HOME = homeOf("local");

/** The sample that ships with the project. */
export const SAMPLE_IMAGE = "stacks/local/net-monitor";

const local = object({
  environment: optional(oneOf(["local"])),
  image: optional(path),
  registryPort: optional(wholeNumber("a port, or 0 for any free one", 0, 65_535)),
  keySpec: optional(oneOf(KEY_SPECS)),
  acceptTag: optional(flag),
});

/** The config as the engine has it, once it is right. @throws ConfigInvalidError with every mistake */
export function parseLocalConfig(
  raw: Readonly<Record<string, unknown>>,
  { file, problems: elsewhere }: { readonly file: string; readonly problems: readonly ConfigProblem[] },
): LocalConfig {
  const problems = [...elsewhere];
  const read = local(raw, "", problems);
  if (read === undefined || problems.length > 0) throw new ConfigInvalidError(file, problems);
  const { image = SAMPLE_IMAGE, registryPort, keySpec = "RSA-2048", acceptTag = false } = read;
  return { image, registryPort, keySpec, acceptTag };
}
