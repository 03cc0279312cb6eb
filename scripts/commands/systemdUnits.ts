import { userInfo } from "node:os";
import { resolvePath } from "../../components/files/paths";
import { singleQuoted } from "../../components/shellWord";
import { renewalEnvironment } from "./renewalEnvironment";
import type { StackName } from "./stackName";

/**
 * A shell script that installs a service and a timer which renew a stack's certificate: twice a day, at a time of its own, as
 * certbot's timer does. The service runs as who asked for it, in this folder, with what is set there. A secret is in neither
 * script nor units, which everybody may read: the script goes on only when the service's own file has it.
 */
export function systemdUnits({ name }: StackName): string {
  const unit = `breakwater-renew-${name}`;
  const secretsFile = `/etc/breakwater/${name}.env`;
  const { plain, secrets } = renewalEnvironment(process.env);
  const service = [
    "[Unit]",
    `Description=Renews the TLS certificate of the Breakwater stack ${name}`,
    "Wants=network-online.target",
    "After=network-online.target docker.service",
    "",
    "[Service]",
    "Type=oneshot",
    `User=${userInfo().username}`,
    `WorkingDirectory=${escaped(resolvePath("."))}`,
    ...Object.entries(plain).map(([variable, value]) => `Environment=${quoted(`${variable}=${value}`)}`),
    `# What is secret (the engine's passphrase, what a hook of dns-01 needs, …), as VARIABLE="VALUE", mode 0600.`,
    `EnvironmentFile=${secrets.length === 0 ? "-" : ""}${secretsFile}`,
    `ExecStart=${quoted(process.execPath)} ${quotedArgument(resolvePath("scripts/renew.mjs"))} --stack ${name}`,
    "TimeoutStartSec=30min",
  ];
  const timer = [
    "[Unit]",
    `Description=Renews the TLS certificate of the Breakwater stack ${name} when it is due`,
    "",
    "[Timer]",
    "OnCalendar=*-*-* 00,12:00:00",
    "RandomizedDelaySec=12h",
    "Persistent=true",
    "",
    "[Install]",
    "WantedBy=timers.target",
  ];
  return [
    "set -e",
    ...secrets.map((variable) => required(variable, secretsFile)),
    ...(secrets.length === 0 ? [] : [`chmod 600 ${secretsFile}`]),
    heredoc(`/etc/systemd/system/${unit}.service`, service),
    heredoc(`/etc/systemd/system/${unit}.timer`, timer),
    "systemctl daemon-reload",
    `systemctl enable --now ${unit}.timer`,
    "",
  ].join("\n");
}

/** Ends the script, before it has installed anything, when the file lacks a secret. */
function required(variable: string, file: string): string {
  const wayOut = `${variable} is set here and is a secret, which the service reads from ${file}: write the line ${variable}="VALUE" there (mode 0600), then run this again. Nothing was installed`;
  return `grep -qs '^${variable}=.' ${file} || { echo ${singleQuoted(wayOut)} >&2; exit 1; }`;
}

function heredoc(file: string, lines: readonly string[]): string {
  return [`cat > ${file} <<'END'`, ...lines, "END"].join("\n");
}

/** For a unit file: `%` begins a specifier. */
function escaped(text: string): string {
  return text.replaceAll("%", "%%");
}

/** A word of a unit file, systemd.syntax(7). */
function quoted(word: string): string {
  const inside = escaped(word).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${inside}"`;
}

/** An argument of a command: there `$` begins a variable, systemd.service(5) § Command lines. */
function quotedArgument(word: string): string {
  return quoted(word).replaceAll("$", "$$$$");
}
