import type { EngineEvent } from "@pulumi/pulumi/automation";
import { afterEach, describe, expect, it, vi } from "vitest";
import { namingConfig } from "../../scripts/commands/configSyntax";
import { describe as inWords } from "../../scripts/commands/describe";
import { mergeLogin } from "../../scripts/commands/dockerLogin";
import { env } from "../../scripts/commands/env";
import { CommandError, EXIT } from "../../scripts/commands/error";
import { login } from "../../scripts/commands/login";
import { loginWords } from "../../scripts/commands/loginWords";
import { withoutSecrets } from "../../scripts/commands/previewWorkspace";
import { RunLog } from "../../scripts/commands/progress";
import { renew } from "../../scripts/commands/renew";
import { stackNamed, stackNamedOtherThanLocal } from "../../scripts/commands/stackName";
import { start } from "../../scripts/commands/start";
import { stop } from "../../scripts/commands/stop";
import { homeOf } from "../../stacks/home";
import { expectCode } from "../notary/expectCode";
import { capturedStreams } from "./written";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What was written to the standard streams. */
const written = capturedStreams();
afterEach(() => vi.unstubAllEnvs());

describe("the commands of stacks", () => {
  const never = () => Promise.reject(new Error("nothing may be run"));

  it("env fails in the shell that evaluates it, too", async () => {
    expect(await env(["--stack", "nowhere"])).toBe(EXIT.usage);
    expect(written).toEqual({ stdout: "false\n", stderr: expect.stringContaining("[STACK_UNKNOWN]") });
  });

  it("start looks for drift in a preview alone", async () => {
    expect(await start(["--expect-no-changes"], never)).toBe(EXIT.usage);
    expect(written).toEqual({ stdout: "", stderr: expect.stringContaining("[USAGE]") });
  });

  it.each(Object.entries({ start, stop, renew, login, env }))("%s has a help text", async (_, command) => {
    expect(await command(["--help"], never)).toBe(EXIT.done);
    expect(written.stdout).toMatch(/--stack NAME[\s\S]*Exit codes:/);
    expect(written.stderr).toBe("");
  });

  it.each([
    [start, ["--stack", "../x"], "USAGE"],
    [start, ["--stack", "nowhere"], "STACK_UNKNOWN"],
    [start, ["--stack", "harbor-example", "--port", "5000"], "USAGE"],
    [start, ["--stack"], "USAGE"],
    [stop, ["--stack", "nowhere"], "STACK_UNKNOWN"],
    [stop, ["--stack", "harbor-example", "--force"], "USAGE"],
    [renew, [], "USAGE"],
    [renew, ["--stack", "local"], "USAGE"],
    [renew, ["--stack", "nowhere"], "STACK_UNKNOWN"],
    [renew, ["--stack", "harbor-example", "--check", "--systemd"], "USAGE"],
    [login, [], "USAGE"],
    [login, ["--stack", "harbor-example", "--dir", "x"], "USAGE"],
  ])("end with 2 for a wrong use, and run nothing", async (command, args, code) => {
    expect(await command(args, never)).toBe(EXIT.usage);
    expect(written.stderr).toContain(`[${code}]`);
    expect(written.stdout).toBe("");
  });

  it("say which file makes a stack, and which stacks there are", async () => {
    await expectCode(() => stackNamed("nowhere"), CommandError, "STACK_UNKNOWN");
    expect(() => stackNamed("nowhere")).toThrow(/stacks\/Pulumi\.nowhere\.yaml/);
    expect(() => stackNamedOtherThanLocal(undefined, "npm run x --")).toThrow(/harbor-example/);
    expect(stackNamed()).toMatchObject({ name: "local", isLocal: true });
  });

  it("keep a stack's own files apart from the project's, whatever the stack is called", () => {
    for (const name of ["state", "tmp", "tools", "passphrase", "pulumi-home", "test-results"]) {
      expect(homeOf(name)).toBe(`.breakwater/stacks/${name}`);
    }
    expect(stackNamed().home).toBe(homeOf("local"));
    expect(stackNamed("harbor-example").home).toBe(homeOf("harbor-example"));
  });
});

describe("what a client is told of its login", () => {
  const place = "/etc/docker/certs.d/registry.example.com:8443/ca.crt";
  const made = {
    ...{ registry: "https://registry.example.com:8443", username: "robot$ci", directory: "/my client", issuer: "R10" },
    environment: { DOCKER_CONFIG: "/my client/docker" },
  };

  it("names the certificate's issuer, and where a machine that doesn't trust it needs its root", () => {
    expect(loginWords(made)).toContain("export DOCKER_CONFIG='/my client/docker'");
    expect(loginWords(made)).toMatch(new RegExp(`issued by R10\\. .*${place}`));
  });

  it("has the command that gives Docker Engine a root which clients don't know", () => {
    const words = loginWords({ ...made, environment: { ...made.environment, SSL_CERT_FILE: "/my client/ca.pem" } });
    expect(words).toContain("export SSL_CERT_FILE='/my client/ca.pem'");
    expect(words).toContain(`install -D -m 644 '/my client/ca.pem' ${place}`);
    expect(words).not.toContain("sudo"); // root on Debian has none
  });
});

describe("a client's Docker config", () => {
  const place = { host: "registry.example.com", file: "config.json" };
  const own = JSON.stringify({ auths: { [place.host]: { auth: "bmV3" } } });

  it("gets the login of the registry, and keeps all else", () => {
    const there = { auths: { other: { auth: "eA==" }, [place.host]: { auth: "b2xk" } }, credsStore: "pass" };
    expect(JSON.parse(mergeLogin(JSON.stringify(there), own, place))).toEqual({
      auths: { other: { auth: "eA==" }, [place.host]: { auth: "bmV3" } },
      credsStore: "pass",
    });
    expect(JSON.parse(mergeLogin(undefined, own, place))).toEqual(JSON.parse(own));
  });

  it.each(["no JSON", "[]", "null", '{"auths": []}'])("is refused when it is none: %s", async (there) => {
    await expectCode(() => mergeLogin(there, own, place), CommandError, "LOGIN_UNKNOWN");
    await expectCode(() => mergeLogin(undefined, there, place), CommandError, "LOGIN_UNKNOWN");
  });
});

describe("a config that the engine can't read", () => {
  const stack = stackNamed("harbor-example");
  const failing = (message: string) => () => namingConfig(stack, () => Promise.reject(new Error(message)));

  it.each([
    "error: could not create secrets manager for new stack: invalid YAML file: yaml: line 3: mapping values are not allowed in this context",
    'error: could not create secrets manager for new stack: yaml: unmarshal errors:\n  line 3: mapping key "a" already defined at line 2',
    " stderr: Command failed\nerror: getting stack configuration: stack configuration could not be loaded from either Pulumi.yaml or the backend: invalid YAML file: yaml: line 3: x\n err?: Error",
  ])("is named, with the line", async (message) => {
    await expectCode(failing(message), CommandError, "CONFIG_SYNTAX");
    await expect(failing(message)()).rejects.toThrow(`${stack.configFile} can't be read, line 3: `);
  });

  it("is not blamed for the YAML of others", async () => {
    const message = "docker-compose.yml: yaml: line 3: mapping values are not allowed in this context";
    await expect(failing(message)()).rejects.toThrow(new Error(message));
  });
});

describe("a config for a preview", () => {
  it("has no secret and no salt, and is otherwise as it was", () => {
    const plain = "# a comment\nconfig:\n  breakwater:hostname: registry.example.com\n";
    const secret = "  breakwater:adminPassword:\n    secure: v1:abc:def+/=\n";
    const list = "  breakwater:projects:\n    - name: apps\n";
    expect(withoutSecrets(`${plain}${secret}${list}encryptionsalt: v1:x:y\n`)).toEqual({
      config: plain + list,
      secrets: ["adminPassword"],
    });
    expect(withoutSecrets(plain + list)).toEqual({ config: plain + list, secrets: [] });
  });
});

describe("what a preview says of a resource", () => {
  it.each([
    ["HarborProject", { public: true, metadata: { autoScan: true } }, "everybody may pull, no quota, autoScan=true"],
    ["HarborRobot", { permissions: "push", project: "apps", duration: -1 }, "may push and pull in apps, never expires"],
    [
      "HarborRobot",
      { permissions: "pull", project: "apps", duration: 90, rotation: "b" },
      "may pull in apps, expires after 90 days, generation b",
    ],
    [
      "HarborContentTrust",
      { project: "apps", require: ["notation", "cosign"] },
      "the gate: Harbor hands out no image of apps without a signature of notation and cosign",
    ],
    [
      "PushedImage",
      { repository: "apps/a", tag: "v1", origin: "commit 1", digest: UNKNOWN },
      "apps/a:v1, from commit 1",
    ],
    ["VerifiedImage", { acceptWeaker: ["expiry"] }, "verified at every run, or `up` fails; accepts weaker expiry"],
    [
      "FileCertificate",
      { files: { chain: "/tls/chain.pem" }, names: ["r.example.com"] },
      "from the file /tls/chain.pem, for r.example.com; checked before it is served",
    ],
    ["Unheard", {}, ""],
  ])("%s", (kind, inputs, words) => {
    expect(inWords(kind, inputs)).toBe(words);
  });

  it("shows who is trusted with what, of every statement", () => {
    const statement = (name: string, scopes: string[], identities: string[]) => ({
      name,
      registryScopes: scopes,
      signatureVerification: { level: "strict" },
      trustStores: ["ca:a"],
      trustedIdentities: identities,
    });
    const trustPolicies = [statement("one", ["r/a", "r/b"], ["x509.subject: CN=a"]), statement("two", ["*"], ["*"])];
    expect(inWords("Trust", { policy: { trustPolicies } })).toBe(
      '"one" (strict) for r/a and r/b, signed by x509.subject: CN=a of ca:a; "two" (strict) for every image, signed by anyone of ca:a',
    );
  });

  it.each([
    "AcmeCertificate",
    "FileCertificate",
    "HarborInstallation",
    "HarborProject",
    "HarborRobot",
    "HarborContentTrust",
    "HarborImmutableRule",
    "HarborLabel",
    "ShadowCheck",
    "FileIdentity",
    "SigningIdentity",
    "Trust",
    "PushedImage",
    "SignedImage",
    "VerifiedImage",
    "Image",
  ])("is said of a %s of which nothing is known yet, too", (kind) => {
    const names = [
      "policy",
      "project",
      "metadata",
      "challenge",
      "server",
      "tags",
      "require",
      "identifiers",
      "acceptWeaker",
    ];
    const unknown = Object.fromEntries(names.map((name) => [name, UNKNOWN]));
    for (const inputs of [{}, unknown]) expect(inWords(kind, inputs)).not.toContain(UNKNOWN);
  });
});

describe("what is said of a run", () => {
  const diagnostic = (severity: string, message: string) =>
    ({ diagnosticEvent: { severity, message, color: "never" } }) as EngineEvent;

  it("shows warnings once, progress in an `up`, and no reason twice", () => {
    const log = new RunLog({ preview: false });
    const metadata = { type: "x", urn: "u", op: "refresh", new: { outputs: { drift: "the container is gone" } } };
    log.onEvent({ resOutputsEvent: { metadata } } as unknown as EngineEvent);
    log.onEvent(diagnostic("info", "id: the container is gone\n"));
    log.onEvent(diagnostic("info", "Harbor: waiting for core\n"));
    log.onEvent(diagnostic("debug", "RPC prepared"));
    for (let time = 0; time < 2; time += 1)
      log.onEvent(diagnostic("warning", "<{%fg 3%}>warning: <{%reset%}>look here"));
    expect(written.stderr).toBe("    … Harbor: waiting for core\n  !  look here\n");
    expect(log.notes).toEqual(["look here"]);
  });

  it("has no progress in a preview", () => {
    new RunLog({ preview: true }).onEvent(diagnostic("info", "Harbor: waiting"));
    expect(written.stderr).toBe("");
  });
});
