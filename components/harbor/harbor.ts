import { type Input, type Output, output } from "@pulumi/pulumi";
import type { HarborConnection } from "./connection";

/** What the resources of Harbor's API are made in. */
export interface Harbor {
  readonly connection: Input<HarborConnection>;
  /** `host[:port]`, the first part of its images' names. */
  readonly host: Input<string>;
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
  };
}

/** What every component of Harbor's API passes on; the outputs make it wait for an installation. */
export function connectionOf(harbor: Harbor): Output<HarborConnection> {
  return output(harbor.connection);
}
