import { shownCertificates } from "./certificates";
import { entriesOf, type Fact, group, type Inputs, list, objectOf, one, plain, set, text } from "./fact";

/** Who may sign what: each statement of the trust policy, and each certificate of the trust stores. */
export function trustFacts({ policy, stores, directory }: Inputs): Fact[] {
  const { trustPolicies, ...rest } = objectOf(policy);
  const statements = Array.isArray(trustPolicies) ? trustPolicies.map(objectOf) : [];
  const said = statements.map(sentence).join("; ");
  return [
    one("policy", Array.isArray(trustPolicies) ? "" : policy, said), // its statements are compared one by one
    ...statements.map(statementFact),
    ...Object.entries(rest).map(([name, value]) => plain(`policy ${text(name)}`, value)),
    storesFact(stores),
    one("directory", directory),
  ];
}

function statementFact(statement: Inputs): Fact {
  const { name, registryScopes, signatureVerification, trustStores, trustedIdentities } = statement;
  const { level, override, verifyTimestamp = "always" } = objectOf(signatureVerification);
  const whole = `${verification(signatureVerification)}, ${judgedBy(statement)}`;
  return group(`statement "${text(name)}"`, statement, whole, [
    one("level", level),
    ...Object.entries(objectOf(override)).map(([validation, action]) => one(`override of ${text(validation)}`, action)),
    one("verifyTimestamp", verifyTimestamp),
    set("registry scopes", registryScopes),
    set("trusted identities", trustedIdentities),
    set("trust stores", trustStores),
  ]);
}

function sentence(statement: Inputs): string {
  const { name, signatureVerification } = statement;
  return `"${text(name)}" (${verification(signatureVerification)}) ${judgedBy(statement)}`;
}

function judgedBy({ registryScopes, trustStores, trustedIdentities }: Inputs): string {
  const scopes = list(registryScopes);
  const stores = Array.isArray(trustStores) ? ` of ${list(trustStores)}` : "";
  const identities = list(trustedIdentities ?? []);
  const who = identities === "" ? "" : `, signed by ${identities === "*" ? "anyone" : identities}${stores}`;
  return `for ${scopes === "*" ? "every image" : scopes}${who}`;
}

/** A level alone may promise more than its overrides leave of it. */
function verification(signatureVerification: unknown): string {
  const { level, override, verifyTimestamp } = objectOf(signatureVerification);
  const overrides = entriesOf(override).join(", ");
  return [
    text(level),
    ...(overrides === "" ? [] : [`but ${overrides}`]),
    ...(verifyTimestamp === undefined ? [] : [`verifyTimestamp=${text(verifyTimestamp)}`]),
  ].join(", ");
}

function storesFact(stores: unknown): Fact {
  const named = Object.entries(objectOf(stores));
  const parts = named.map(([name, certificates]) =>
    set(text(name), Array.isArray(certificates) ? certificates.flatMap(shownCertificates) : certificates),
  );
  return group("trust stores", stores, list(named.map(([name]) => name)), parts);
}
