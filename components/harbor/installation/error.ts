import { BreakwaterError } from "../../errors";

export type HarborInstallationErrorCode =
  // What was asked for
  | "HARBOR_VERSION_UNSUPPORTED"
  | "HARBOR_PATH_UNFIT"
  | "HARBOR_ADMIN_PASSWORD_UNFIT"
  | "HARBOR_CERTIFICATE_UNFIT"
  // The machine and its engine
  | "HARBOR_MACHINE_UNSUPPORTED"
  | "HARBOR_NEEDS_ROOT"
  | "HARBOR_ENGINE_REMOTE"
  | "HARBOR_ENGINE_TOO_OLD"
  | "HARBOR_COMPOSE_MISSING"
  | "HARBOR_PORT_IN_USE"
  | "HARBOR_DISK_TOO_SMALL"
  | "HARBOR_DISK_FULL"
  | "HARBOR_HOSTNAME_UNKNOWN"
  | "HARBOR_FOREIGN"
  | "HARBOR_DIRECTORY_UNKNOWN"
  | "HARBOR_DATA_UNKNOWN"
  | "HARBOR_DATA_SCATTERED"
  // Images and configuration
  | "HARBOR_INSTALLER_INVALID"
  | "HARBOR_IMAGE_MISSING"
  | "HARBOR_PREPARE_FAILED"
  // The running Harbor
  | "HARBOR_NOT_STARTED"
  | "HARBOR_NOT_HEALTHY"
  | "HARBOR_CERTIFICATE_NOT_SERVED"
  | "HARBOR_ADMIN_PASSWORD_REFUSED"
  // Versions
  | "HARBOR_DOWNGRADE_REFUSED"
  | "HARBOR_UPGRADE_FAILED"
  | "HARBOR_WAY_BACK_FAILED";

/** A Harbor could not be installed, changed, upgraded or removed on this machine. */
export class HarborInstallationError extends BreakwaterError<HarborInstallationErrorCode> {}
