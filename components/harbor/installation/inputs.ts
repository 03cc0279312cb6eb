/** What is declared of a Harbor on this machine; plain JSON. */
export interface HarborInstallationInputs {
  /** Of the release, without `v`: 2.15.2. A newer one upgrades, with a backup and a way back; an older one is refused. */
  readonly version: string;
  /** What clients reach this machine by. */
  readonly hostname: string;
  /** Of harbor.yml, docker-compose.yml and common/: absolute, or relative to the project's folder. */
  readonly directory: string;
  /** Of images and database, harbor.yml's data_volume; absolute. */
  readonly dataDirectory: string;
  /** Secret. */
  readonly adminPassword: string;
  /** Identity of the TLS certificate; another one is put in place without a restart. */
  readonly certificate: string;
  /** PEM files, absolute or relative to the project's folder. `prepare` copies the first two anew each time. */
  readonly tls: { readonly chainFile: string; readonly keyFile: string; readonly rootFile?: string };
  /** An offline installer of the release, for a machine without a network; the SHA-256 in hex is the publisher's. */
  readonly installer?: { readonly path: string; readonly sha256: string };
  readonly withTrivy?: boolean;
  /** 80 when left out; it only sends clients on to HTTPS. */
  readonly httpPort?: number;
  /** 443 when left out. */
  readonly httpsPort?: number;
  /** True: deleting the installation deletes the images and the database too. */
  readonly deleteData?: boolean;
  /** How long all components may take to become healthy after a start; 600 when left out. */
  readonly healthTimeoutSeconds?: number;
}

export interface HarborInstallationOutputs {
  /** Folder with the database and data as they were before the last upgrade; absent when there was none. */
  readonly backup?: string;
}

export type HarborInstallationState = HarborInstallationInputs & HarborInstallationOutputs;
