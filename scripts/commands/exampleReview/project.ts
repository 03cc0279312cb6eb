import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { type ExampleImage, HOST } from "./images";
import type { Signers } from "./signers";

const DAY_MS = 86_400_000;
const STACK = "production";
const TRUST = `stacks/${STACK}/trust`;

interface Example {
  readonly signers: Signers;
  readonly images: readonly ExampleImage[];
  readonly now: Date;
}

/** A project's trust in git: what is in force on the one branch, and a change of it on the other. */
export function commitExample(folder: string, branches: { base: string; head: string }, example: Example): void {
  mkdirSync(folder, { recursive: true });
  git(folder, "init", "--quiet", `--initial-branch=${branches.base}`);
  write(folder, baseFiles(example));
  commit(folder, "The trust of production");
  git(folder, "checkout", "--quiet", "-b", branches.head);
  write(folder, headFiles(example));
  commit(folder, "Let the partner build, and rotate the mobile team's certificate");
  git(folder, "checkout", "--quiet", branches.base);
}

type Files = Readonly<Record<string, string>>;

function baseFiles({ signers, images, now }: Example): Files {
  const mobile = images.find(({ repository, tag }) => repository.endsWith("/mobile") && tag === "v5.0");
  return {
    [`stacks/Pulumi.${STACK}.yaml`]: config({ labsIsGated: true }),
    [`${TRUST}/truststore/x509/ca/acme/acme-signing-ca.crt`]: signers.acme.certificate,
    [`${TRUST}/trustpolicy.json`]: policy([
      statement("shop-releases", ["web", "api"], { identities: ["O=Acme, OU=Release"] }),
      statement("shop-batch", ["batch"], { identities: ["O=Acme, OU=Release"] }),
      statement("shop-mobile", ["mobile"], { identities: ["O=Acme, OU=Mobile, CN=mobile-2025"] }),
    ]),
    "stacks/rules.yaml": stringify({ rules: RULES }),
    "stacks/exceptions.yaml": stringify({
      exceptions: [
        {
          rule: "no-live-image-stops-verifying",
          stack: STACK,
          subject: `${mobile?.repository}@${mobile?.digest}`,
          owner: "mobile-team@acme.example",
          reason: "v5.0 is switched off with the old app",
          expires: new Date(now.getTime() + 14 * DAY_MS).toISOString().slice(0, 10),
        },
      ],
    }),
  };
}

function headFiles({ signers }: Example): Files {
  const { "no-live-image-stops-verifying": _, ...rules } = RULES;
  return {
    [`stacks/Pulumi.${STACK}.yaml`]: config({ labsIsGated: false }),
    [`${TRUST}/truststore/x509/ca/partner/partner-builds-ca.crt`]: signers.partnerRoot.certificate,
    [`${TRUST}/trustpolicy.json`]: policy([
      statement("shop-releases", ["web", "api"], {
        stores: ["ca:acme", "ca:partner"],
        identities: ["O=Acme", "O=Partner, OU=Builds"],
      }),
      statement("shop-batch", ["batch"], { identities: ["O=Acme, OU=Release"], override: { expiry: "log" } }),
      statement("shop-mobile", ["mobile"], { identities: ["O=Acme, OU=Mobile, CN=mobile-2026"] }),
    ]),
    "stacks/rules.yaml": stringify({ rules }),
  };
}

const RULES = {
  "rules-unchanged": true,
  "no-new-wildcard-identity": true,
  "no-gate-switched-off": true,
  "no-live-image-stops-verifying": true,
  strict: { stacks: [STACK] },
  "anchors-outlive": { days: 30 },
};

interface StatementChoices {
  readonly stores?: readonly string[];
  /** What an identity has beside country and state. */
  readonly identities: readonly string[];
  readonly override?: Readonly<Record<string, string>>;
}

function statement(name: string, repositories: readonly string[], choices: StatementChoices): object {
  const { stores = ["ca:acme"], identities, override } = choices;
  return {
    name,
    registryScopes: repositories.map((repository) => `${HOST}/shop/${repository}`),
    signatureVerification: { level: "strict", ...(override && { override }) },
    trustStores: stores,
    trustedIdentities: identities.map(
      (identity) => `x509.subject: C=US, ST=${identity.startsWith("O=Partner") ? "OR" : "WA"}, ${identity}`,
    ),
  };
}

function policy(statements: readonly object[]): string {
  return `${JSON.stringify({ version: "1.0", trustPolicies: statements }, undefined, 2)}\n`;
}

function config({ labsIsGated }: { labsIsGated: boolean }): string {
  const values = {
    environment: "harbor",
    hostname: HOST,
    version: "2.15.2",
    directory: "/opt/harbor",
    dataDirectory: "/data",
    certificate: { directory: "letsencrypt", contact: "ops@example.com", challenge: { type: "http-01" } },
    projects: [
      { name: "shop", contentTrust: ["notation"] },
      { name: "labs", ...(labsIsGated && { contentTrust: ["notation"] }) },
    ],
    robots: ["shop", "labs"].map((project) => ({ name: `${project}-reader`, project, permissions: "pull" })),
  };
  return stringify({
    config: Object.fromEntries(Object.entries(values).map(([key, value]) => [`breakwater:${key}`, value])),
  });
}

function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

function commit(folder: string, message: string): void {
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--no-verify", "-m", message);
}

/** Whatever the person's own git is set up with, or called from. */
function git(folder: string, ...args: string[]): void {
  const author = ["-c", "user.name=Example", "-c", "user.email=example@example.com"];
  const plain = ["-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false"];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  execFileSync("git", [...author, ...plain, ...args], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
}
