/** An answer of an ACME server that is an error: a problem document (RFC 8555 § 6.7) or a bare HTTP status. */
export class AcmeProblem extends Error {
  /** The type without its prefix, e.g. `rateLimited`; empty where the answer is no problem document. */
  readonly type: string;
  readonly status: number;
  /** When the server wants to be asked again, if it says so (RFC 8555 § 6.6). */
  readonly retryAfter: Date | undefined;

  constructor(type: string, status: number, message: string, retryAfter?: Date) {
    super(message);
    this.name = "AcmeProblem";
    this.type = type;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const PREFIX = "urn:ietf:params:acme:error:";
const TEXT_MAX = 500;
const SUBPROBLEMS_MAX = 10;

/** The problem that a body is, with the server's own words; undefined when it is none. */
export function readProblem(body: unknown, status: number, retryAfter?: Date): AcmeProblem | undefined {
  const problem = asObject(body);
  if (problem === undefined || typeof problem.type !== "string") return undefined;
  const type = problem.type.startsWith(PREFIX) ? problem.type.slice(PREFIX.length) : bounded(problem.type);
  const subproblems = (Array.isArray(problem.subproblems) ? problem.subproblems : []).slice(0, SUBPROBLEMS_MAX);
  const parts = subproblems.map((part) => {
    const { detail, identifier } = asObject(part) ?? {};
    const name = asObject(identifier)?.value;
    return `${typeof name === "string" ? `${bounded(name)}: ` : ""}${bounded(detail)}`;
  });
  const message = [bounded(problem.detail) || "the server says no more", ...parts].join("; ");
  return new AcmeProblem(type, status, message, retryAfter);
}

/** What a `Retry-After` header says: seconds or an HTTP date (RFC 9110 § 10.2.3). */
export function readRetryAfter(header: string | undefined, now: Date): Date | undefined {
  if (header === undefined) return undefined;
  const time = /^\d{1,9}$/.test(header.trim()) ? now.getTime() + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** What a problem means to the person who runs this, by its type (RFC 8555 § 6.7, § 7.4 of RFC 9773, profiles). */
const MEANINGS: Readonly<Record<string, string>> = {
  badCSR: "the server does not take the certificate signing request",
  badPublicKey: "the server does not take the key",
  caa: "a CAA record of the domain lets other authorities issue, but not this one: add its name to the record",
  connection:
    "the server can't connect to the host: port 80 must be open from the Internet, in every firewall before it",
  dns: "the name can't be looked up: it needs an A or AAAA record that names this machine",
  externalAccountRequired:
    "the server takes only accounts that are bound to one of its customers, which is not supported",
  incorrectResponse: "something else answers: the name may point to another machine, or to a proxy",
  invalidContact: "the contact must be an e-mail address that can receive mail",
  invalidProfile: "the server offers no such profile",
  malformed: "the server does not understand the request",
  rejectedIdentifier: "the server does not issue for this name",
  serverInternal: "the fault is the server's own: run the command again later",
  tls: "the server can't read the TLS that the redirect leads to",
  unauthorized:
    "what the server found is not the answer: the name may point to another machine, or an old record is left",
  unsupportedContact: "the contact must be an e-mail address that can receive mail",
  unsupportedIdentifier: "the server does not issue for this kind of name",
  userActionRequired: "the server wants its new terms to be agreed to: visit the page that it names",
};

/** A sentence about anything thrown while an ACME server was talked to. */
export function explain(error: unknown): string {
  if (!(error instanceof AcmeProblem)) return error instanceof Error ? error.message : String(error);
  const meaning = MEANINGS[error.type];
  const said = `${error.message}${error.type ? ` (${error.type})` : ""}`;
  const when = whenAgain(error, new Date());
  return `${meaning ? `${meaning}. The server says: ` : ""}${said}${when && `. It wants to be asked again ${when}`}`;
}

/** Why a rate limit stands in the way, until when, and the ways out. */
export function explainRateLimit(problem: AcmeProblem, now: Date): string {
  return (
    `the server's rate limit is reached. It says: ${problem.message}. Nothing is lost: an order that was begun is gone on ` +
    `with, and a certificate that is in use stays. Run the command again ${whenAgain(problem, now) || "in a few hours"}; ` +
    'asking earlier does not help. To try things out, take "letsencrypt-staging", whose limits are far higher'
  );
}

/** Empty when the server did not say. */
function whenAgain({ retryAfter }: AcmeProblem, now: Date): string {
  if (retryAfter === undefined || retryAfter <= now) return "";
  return `after ${retryAfter.toISOString()} (in ${duration(retryAfter.getTime() - now.getTime())})`;
}

function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 72 * 60 ? `${Math.ceil(minutes / 60)} hours` : `${Math.ceil(minutes / 1440)} days`;
}

/** A server's own text, in one line and not too long. */
function bounded(text: unknown): string {
  if (typeof text !== "string") return "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX - 1)}…`;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
