import { type Input, type Output, output } from "@pulumi/pulumi";
import type { HarborConnection } from "./connection";

/** What the resources of Harbor's API are made in. */
export interface Harbor {
  readonly connection: Input<HarborConnection>;
  /** `host[:port]`, the first part of its images' names. */
  readonly host: Input<string>;
  /** True of one that is there already: a preview may look at what is to be taken over. */
  readonly exists?: boolean;
}

/** A project of Harbor's, as others name it. */
export interface HarborProjectReference {
  readonly projectName: Input<string>;
}

export interface ExistingHarborArgs {
  /** `https://host[:port]` */
  readonly url: string;
  /** PEM, relative to the project's folder; when absent, the public CAs. */
  readonly caFile?: string;
  /** `admin` when absent. */
  readonly username?: string;
  /** Key of the stack's config that holds the password, as a secret; `adminPassword` when absent. */
  readonly passwordKey?: string;
}

/** A Harbor that this stack does not install. */
export function existingHarbor(args: ExistingHarborArgs): Harbor {
  const { url, caFile, username = "admin", passwordKey = "adminPassword" } = args;
  return {
    connection: { url, username, passwordKey, ...(caFile !== undefined && { caFile }) },
    host: new URL(url).host,
    exists: true,
  };
}

/** What a component hands over of `adopt`. */
export function adoption(harbor: Harbor, adopt: boolean | undefined): { adopt?: boolean; lookAhead?: boolean } {
  return adopt === undefined ? {} : { adopt, ...(adopt && harbor.exists && { lookAhead: true }) };
}

/** What every component of Harbor's API passes on; the outputs make it wait for an installation. */
export function connectionOf(harbor: Harbor): Output<HarborConnection> {
  return output(harbor.connection);
}
