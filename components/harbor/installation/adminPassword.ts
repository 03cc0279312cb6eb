import { HarborInstallationError } from "./error";

/** What it takes, for a person. */
export const FIT_PASSWORD =
  "8 to 128 characters with a lower-case and an upper-case letter and a digit, without spaces, quotes, ` $ # \\ and letters " +
  "beyond ASCII, which do not reach Harbor whole";

/**
 * The password reaches Harbor by an environment file in which Compose takes `$`, quotes, `#`, `\` and spaces for its own, so that
 * Harbor would get another one than was declared. The lengths and the mixture are Harbor's rule for its users.
 */
const FIT = /^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9!%&()*+,\-./:;<=>?@[\]^_{|}~]{8,128}$/;

export function isFitPassword(password: string): boolean {
  return FIT.test(password);
}

/** Throws `HARBOR_ADMIN_PASSWORD_UNFIT`, without the password. */
export function requireFitPassword(password: string): void {
  if (isFitPassword(password)) return;
  throw new HarborInstallationError(
    "HARBOR_ADMIN_PASSWORD_UNFIT",
    `adminPassword: Harbor asks for ${FIT_PASSWORD}. Set another: \`pulumi config set --secret adminPassword\``,
  );
}
