import { HarborInstallationError } from "./error";

/**
 * The password reaches Harbor by an environment file in which Compose takes `$`, quotes, `#`, `\` and spaces for its own, so that
 * Harbor would get another one than was declared. The lengths and the mixture are Harbor's rule for its users.
 */
const FIT = /^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9!%&()*+,\-./:;<=>?@[\]^_{|}~]{8,128}$/;

/** Throws `HARBOR_ADMIN_PASSWORD_UNFIT`, without the password. */
export function requireFitPassword(password: string): void {
  if (FIT.test(password)) return;
  throw new HarborInstallationError(
    "HARBOR_ADMIN_PASSWORD_UNFIT",
    "adminPassword: Harbor asks for 8 to 128 characters with a lower-case and an upper-case letter and a digit; and spaces, " +
      "quotes, ` $ # \\ and letters beyond ASCII do not reach it whole. " +
      "Set another: `pulumi config set --secret adminPassword`",
  );
}
