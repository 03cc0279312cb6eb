import { ALGORITHM_OF, type SignatureAlgorithm } from "../certificates/keySpec";
import { isJsonObject, parseStrictJson, requireExactNames } from "../json/strictJson";
import { quoted } from "../quoted";
import type { ExtendedAttribute, SignedAttributes, SigningScheme } from "./content";
import { criticalHeaderInvalid, EnvelopeError, protectedHeaderInvalid } from "./error";
import { HEADER, REGISTERED_HEADERS } from "./header";
import { nanosecondsBeyond, parseRfc3339 } from "./rfc3339";

/** The protected header of a JWS envelope: signature-envelope-jws.md § Protected Headers. */
export interface ProtectedHeader {
  algorithm: SignatureAlgorithm;
  contentType: string;
  /** The names in `crit`, in order. */
  critical: string[];
  signedAttributes: SignedAttributes;
}

interface SignedTime {
  date: Date;
  /** Beyond the date's millisecond. */
  nanoseconds: number;
}

const ALGORITHMS: readonly string[] = Object.values(ALGORITHM_OF).map(({ name }) => name);
const OWN_HEADERS: ReadonlySet<string> = new Set(Object.values(HEADER));

/**
 * Parses the protected header's JSON and applies the rules of its signing scheme, as notation-core-go
 * signature/jws/jws.go. Stricter than it
 * in form only: no duplicate or miscased names, no registered header and no name twice in `crit`.
 * @throws EnvelopeError, JsonError
 */
export function parseProtectedHeader(json: Buffer): ProtectedHeader {
  const header = parseStrictJson(json);
  if (!isJsonObject(header)) throw protectedHeaderInvalid("it is not a JSON object");
  requireExactNames(header, Object.values(HEADER));
  const algorithm = header[HEADER.alg];
  if (!isAlgorithm(algorithm)) {
    throw new EnvelopeError(
      "ENVELOPE_ALGORITHM_UNSUPPORTED",
      `the signature algorithm ${quoted(algorithm)} is not one of ${ALGORITHMS.join(", ")}: sign again`,
    );
  }
  const contentType = header[HEADER.cty];
  if (typeof contentType !== "string") throw protectedHeaderInvalid("it has no content type (cty)");
  const critical = criticalNames(header[HEADER.crit]);
  const signedAttributes = readSignedAttributes(header, critical);
  requireCritical(signedAttributes, critical);
  return { algorithm, contentType, critical, signedAttributes };
}

function isAlgorithm(value: unknown): value is SignatureAlgorithm {
  return typeof value === "string" && ALGORITHMS.includes(value);
}

function readSignedAttributes(header: Record<string, unknown>, critical: readonly string[]): SignedAttributes {
  const signingScheme = readSigningScheme(header);
  const signingTime = readSigningTime(header, signingScheme);
  const expiry = readTime(header, HEADER.expiry);
  const nanoseconds = { signingTime: signingTime.nanoseconds, expiry: expiry?.nanoseconds ?? 0 };
  const extendedAttributes: ExtendedAttribute[] = Object.entries(header)
    .filter(([key]) => !OWN_HEADERS.has(key))
    .map(([key, value]) => ({ key, critical: critical.includes(key), value }));
  return {
    signingScheme,
    signingTime: signingTime.date,
    ...(expiry && { expiry: expiry.date }),
    ...((nanoseconds.signingTime > 0 || nanoseconds.expiry > 0) && { nanoseconds }),
    extendedAttributes,
  };
}

function readSigningScheme(header: Record<string, unknown>): SigningScheme {
  const scheme = header[HEADER.signingScheme];
  if (scheme === "notary.x509" || scheme === "notary.x509.signingAuthority") return scheme;
  throw protectedHeaderInvalid(
    `its signing scheme ${quoted(scheme)} is neither notary.x509 nor notary.x509.signingAuthority`,
  );
}

/** Each signing scheme has its own header for the time of signing, and excludes the other's. */
function readSigningTime(header: Record<string, unknown>, scheme: SigningScheme): SignedTime {
  const [own, foreign] =
    scheme === "notary.x509"
      ? [HEADER.signingTime, HEADER.authenticSigningTime]
      : [HEADER.authenticSigningTime, HEADER.signingTime];
  if ((header[foreign] ?? undefined) !== undefined)
    throw protectedHeaderInvalid(`${foreign} must not be present under the signing scheme ${scheme}`);
  const time = readTime(header, own);
  if (!time) throw protectedHeaderInvalid(`${own} must be present under the signing scheme ${scheme}`);
  return time;
}

function readTime(header: Record<string, unknown>, name: string): SignedTime | undefined {
  const value = header[name] ?? undefined;
  if (value === undefined) return undefined;
  const date = typeof value === "string" ? parseRfc3339(value) : undefined;
  if (!date) throw protectedHeaderInvalid(`${name} is not an RFC 3339 time`);
  return { date, nanoseconds: nanosecondsBeyond(String(value)) };
}

function criticalNames(crit: unknown): string[] {
  if (!Array.isArray(crit) || crit.length === 0 || !crit.every((name) => typeof name === "string")) {
    throw criticalHeaderInvalid("crit must be a list of header names");
  }
  const names = crit as string[];
  if (new Set(names).size !== names.length) throw criticalHeaderInvalid("crit lists a header twice");
  const registered = names.find((name) => REGISTERED_HEADERS.has(name));
  if (registered) throw criticalHeaderInvalid(`crit must not list the registered header ${quoted(registered)}`);
  return names;
}

/** Every attribute that must be critical is listed, and everything listed is present. */
function requireCritical(attributes: SignedAttributes, critical: readonly string[]): void {
  const mandatory: string[] = [HEADER.signingScheme];
  if (attributes.expiry) mandatory.push(HEADER.expiry);
  if (attributes.signingScheme === "notary.x509.signingAuthority") mandatory.push(HEADER.authenticSigningTime);
  const missing = mandatory.find((name) => !critical.includes(name));
  if (missing) throw criticalHeaderInvalid(`${missing} must be listed in crit`);
  const absent = critical.find(
    (name) => !mandatory.includes(name) && !attributes.extendedAttributes.some(({ key }) => key === name),
  );
  if (absent) throw criticalHeaderInvalid(`crit lists ${quoted(absent)}, which is no critical header of this envelope`);
}
