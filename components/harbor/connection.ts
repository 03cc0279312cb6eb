/** How a Harbor's API is reached; plain JSON, no secret in it. */
export interface HarborConnection {
  /** `https://host[:port]`, no path. */
  readonly url: string;
  /** PEM file of the CA that issued Harbor's certificate, relative to the project's folder. Absent: the public CAs. */
  readonly caFile?: string;
  /** A user or a robot's full name; `admin` for most of what is declared. */
  readonly username: string;
  /** Name of the stack's secret config value that is the password: `adminPassword`. */
  readonly passwordKey: string;
}
