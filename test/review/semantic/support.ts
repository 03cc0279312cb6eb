import { parseCertificates } from "../../../components/notary/certificates/pem";
import { compileTrust } from "../../../components/notary/trust/declaration";
import type { SignatureVerification, TrustPolicyStatement } from "../../../components/notary/trust/document";
import type { Finding, FindingKind } from "../../../components/review/finding";
import { semanticDiff } from "../../../components/review/semantic/semanticDiff";
import type {
  ImageSettings,
  Problem,
  RobotSettings,
  StackSettings,
  StackState,
  TrustState,
} from "../../../components/review/state/state";
import * as make from "../../support/certificates";

export const HOST = "registry.example.com";
export const APP = `${HOST}/team/app`;
export const WEB = `${HOST}/team/web`;
export const ACME = "x509.subject: C=US, ST=WA, O=Acme";
export const RELEASE = "x509.subject: C=US, ST=WA, O=Acme, OU=Release";
export const NIGHTLY = "x509.subject: C=US, ST=WA, O=Acme, OU=Nightly";
export const OTHER = "x509.subject: C=DE, ST=BE, O=Other";

/** Certificates that the tests of the semantic diff share. */
export async function certificates() {
  const root = await make.goodRoot({ subject: "C=US, ST=WA, O=Acme, CN=root" });
  const intermediate = await make.goodIntermediate(root, { subject: "C=US, ST=WA, O=Acme, CN=issuing" });
  const second = await make.goodRoot({ subject: "C=DE, ST=BE, O=Other, CN=root" });
  return {
    root,
    intermediate,
    second,
    /** Name and key of `second`, for longer. */
    renewed: await make.goodRoot({ subject: second.name, keys: second.keys, notAfter: new Date("2036-01-01") }),
    /** The name of `root`, another key. */
    impostor: await make.goodRoot({ subject: "C=US, ST=WA, O=Acme, CN=root" }),
    /** The name of `root` in other letters, another key. */
    lookalike: await make.goodRoot({ subject: "C=US, ST=WA, O=Acme, CN=ROOT" }),
    leaf: await make.selfSignedLeaf({ subject: "C=US, ST=WA, O=Acme, OU=Release, CN=one" }),
    tsa: await make.goodRoot({ subject: "C=US, ST=WA, O=Time, CN=tsa" }),
    tsaImpostor: await make.goodRoot({ subject: "C=US, ST=WA, O=Time, CN=tsa" }),
  };
}

export const thumbprint = ({ pem }: { pem: string }) => parseCertificates(Buffer.from(pem))[0]?.thumbprint ?? "";

export interface StatementOptions {
  name?: string;
  scopes?: string[];
  identities?: string[];
  stores?: string[];
  verification?: SignatureVerification;
}

export function statement(options: StatementOptions = {}): TrustPolicyStatement {
  const { name = "images", scopes = [APP], identities = [ACME], stores = ["ca:acme"] } = options;
  const { verification = { level: "strict" } } = options;
  const common = { name, registryScopes: scopes, signatureVerification: verification };
  return verification.level === "skip" ? common : { ...common, trustStores: stores, trustedIdentities: identities };
}

export interface StackOptions {
  /** None: the stack has no trust folder. */
  trustPolicies?: TrustPolicyStatement[];
  stores?: Record<string, string[]>;
  identities?: Record<string, string>;
  settings?: Partial<StackSettings>;
  problem?: Problem;
}

export function stackState(options: StackOptions, stack = "production"): StackState {
  const { trustPolicies = [statement()], stores = {}, identities = {}, settings, problem } = options;
  const policy = { version: "1.0", trustPolicies };
  return {
    stack,
    trust: problem ? { problem } : trustPolicies.length > 0 ? { value: compileTrust({ policy, stores }) } : undefined,
    identities: new Map(
      Object.entries(identities).map(([name, pem]) => [name, { value: parseCertificates(Buffer.from(pem)) }]),
    ),
    settings: settings && { value: stackSettings(settings) },
  };
}

/** What a config says that declares a registry, and nothing in it. */
export function stackSettings(settings: Partial<StackSettings> = {}): StackSettings {
  return {
    ...{ environment: "harbor", hostname: HOST, projects: [], robots: [], identities: [], images: [] },
    installation: {
      version: "2.15.2",
      installer: undefined,
      certificate: { from: "letsencrypt", root: undefined, hook: [] },
    },
    secrets: { adminPassword: undefined, encryption: undefined },
    providers: {},
    ...settings,
  };
}

export const robot = (changes: Partial<RobotSettings> = {}): RobotSettings => ({
  ...{ name: "ci", project: "team", permissions: "push", days: 365, overlap: "7d" },
  ...changes,
});

export const image = (changes: Partial<ImageSettings> = {}): ImageSettings => ({
  ...{ name: "app", reference: `${APP}:v1`, content: { context: "https://git.example.com/app.git#main" } },
  ...{ signedBy: "release", pushedBy: "ci", acceptTag: false, expirySeconds: undefined, acceptWeaker: [] },
  ...changes,
});

export function trustState(...stacks: StackState[]): TrustState {
  return { name: "side", stacks: new Map(stacks.map((stack) => [stack.stack, stack])) };
}

export const project = (changes: object = {}) => ({
  name: "team",
  public: false,
  contentTrust: ["notation"],
  immutableTags: [],
  ...changes,
});

export function diff(base: StackOptions | undefined, head: StackOptions | undefined): Finding[] {
  const side = (options: StackOptions | undefined) => trustState(...(options ? [stackState(options)] : []));
  return semanticDiff(side(base), side(head));
}

/** `kind severity direction` of each, in order. */
export function outline(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, severity, direction }) => `${kind} ${severity} ${direction}`);
}

export function only(findings: readonly Finding[], kind: FindingKind): Finding {
  const found = findings.filter((finding) => finding.kind === kind);
  if (found.length !== 1 || !found[0])
    throw new Error(`${found.length} findings of the kind ${kind}: ${outline(findings)}`);
  return found[0];
}
