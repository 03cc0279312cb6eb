import { userInfo } from "node:os";
import { delimiter } from "node:path";
import { resolvePath } from "../../components/files/paths";
import type { StackName } from "./stackName";

/** What a person has set for the engine and is no secret: the service needs it as well. */
const PLAIN = ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"];

/**
 * A shell script that installs a service and a timer which renew a stack's certificate: twice a day, at a time of its own, as
 * certbot's timer does. It runs as who asked for it, in this folder, and holds no secret.
 */
export function systemdUnits({ name }: StackName): string {
  const unit = `breakwater-renew-${name}`;
  const secrets = `/etc/breakwater/${name}.env`;
  const environment = PLAIN.flatMap((variable) =>
    process.env[variable] ? [`Environment=${quoted(`${variable}=${process.env[variable]}`)}`] : [],
  );
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
    `Environment=${quoted(`PATH=${searchPath()}`)}`,
    ...environment,
    `# A passphrase or token of the engine, if you use one: PULUMI_CONFIG_PASSPHRASE=…, mode 0600.`,
    `EnvironmentFile=-${secrets}`,
    `ExecStart=${quoted(process.execPath)} ${quoted(resolvePath("scripts/renew.mjs"))} --stack ${name}`,
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
    heredoc(`/etc/systemd/system/${unit}.service`, service),
    heredoc(`/etc/systemd/system/${unit}.timer`, timer),
    "systemctl daemon-reload",
    `systemctl enable --now ${unit}.timer`,
    "",
  ].join("\n");
}

/** That of the person, without what npm puts before it. */
function searchPath(): string {
  const folders = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !/(^|\/)node_modules(\/|$)/.test(folder));
  return folders.length === 0 ? "/usr/local/bin:/usr/bin:/bin" : [...new Set(folders)].join(delimiter);
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
  return `"${escaped(word).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "$$$$")}"`;
}
