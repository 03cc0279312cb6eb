/** What an address answers with. */
export interface NetworkResponse {
  status: number;
  /** Base64. */
  body: string;
  /** Instead of a response: an error, or nothing until the client's time limit. */
  failure?: "error" | "hang";
}

/** One case: everything that a verdict depends on, as both implementations get it. Plain JSON. */
export interface Case {
  /** Milliseconds since 1970. */
  clock: number;
  /** The text of a trust policy document. */
  policy: string;
  /** PEM texts by `<type>:<name>`. */
  stores: Record<string, string[]>;
  artifact: { mediaType: string; digest: string; size: number };
  /** `host/repository`, without a digest. */
  scope: string;
  envelopeMediaType: string;
  /** Base64. */
  envelope: string;
  userMetadata: Record<string, string>;
  network: Record<string, NetworkResponse>;
}
