import { CommandError } from "./error";

/** A Docker config, as far as it is looked at. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, unknown>>;
}

/**
 * The text of a Docker config that has the login of `host` from `own`, and whatever else was there. @throws CommandError
 * LOGIN_UNKNOWN when one of the two is no Docker config with what it should have; no content is shown
 */
export function mergeLogin(there: string | undefined, own: string, place: { host: string; file: string }): string {
  const login = parse(own)?.auths?.[place.host];
  if (login === undefined) {
    throw new CommandError("LOGIN_UNKNOWN", `the robot's login is none for ${place.host}: run \`npm start\` again`);
  }
  const before = there === undefined ? {} : parse(there);
  if (before === undefined) {
    throw new CommandError(
      "LOGIN_UNKNOWN",
      `${place.file} is no Docker config: move it away, or choose another folder`,
    );
  }
  return `${JSON.stringify({ ...before, auths: { ...before.auths, [place.host]: login } }, null, 2)}\n`;
}

function parse(text: string): DockerConfig | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = (candidate: unknown) =>
      candidate !== null && typeof candidate === "object" && !Array.isArray(candidate);
    if (!isObject(value)) return undefined;
    const { auths } = value as DockerConfig;
    return auths === undefined || isObject(auths) ? (value as DockerConfig) : undefined;
  } catch {
    return undefined;
  }
}
