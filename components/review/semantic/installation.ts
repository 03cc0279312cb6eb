import type { InstallationSettings, TlsSettings } from "../state/state";
import { type Draft, type Loudness, settingDraft } from "./draft";

/** What runs as root on the registry's machine, and how clients know the registry. */
export function compareInstallation(
  base: InstallationSettings | undefined,
  head: InstallationSettings | undefined,
): Draft[] {
  if (!base || !head) return [];
  return [
    ...compareVersion(base, head),
    ...compareInstaller(base, head),
    ...compareCertificate(base.certificate, head.certificate),
    ...compareHook(base.certificate, head.certificate),
  ];
}

function compareVersion({ version: before }: InstallationSettings, { version: after }: InstallationSettings): Draft[] {
  if (before === after) return [];
  const sentence = `Harbor is the release ${after} from now on, and no longer ${before}`;
  return [settingDraft(["harbor-version-changed", "low", "neutral"], { subject: after, before, after }, sentence)];
}

/** Without an installer the images come from where Harbor publishes them. */
function compareInstaller(base: InstallationSettings, head: InstallationSettings): Draft[] {
  const [before, after] = [base, head].map(({ installer }) =>
    installer ? `the file ${installer.path} (SHA-256 ${installer.sha256})` : "the images that Harbor publishes",
  );
  if (before === undefined || after === undefined || before === after) return [];
  const loudness: Loudness = !head.installer
    ? ["installer-changed", "low", "narrows"]
    : base.installer
      ? ["installer-changed", "medium", "neutral"]
      : ["installer-changed", "high", "widens"];
  const sentence = `Harbor, which runs as root, is installed from ${after} from now on, and no longer from ${before}`;
  return [settingDraft(loudness, { subject: "installer", before, after }, sentence)];
}

function compareCertificate(base: TlsSettings, head: TlsSettings): Draft[] {
  const [before, after] = [base, head].map(({ from, root }) => (root === undefined ? from : `${from}, root ${root}`));
  if (before === undefined || after === undefined || before === after) return [];
  const sentence = `the registry's TLS certificate, by which clients know it, is from ${after} from now on, and no longer from ${before}`;
  return [
    settingDraft(["tls-source-changed", "medium", "neutral"], { subject: "certificate", before, after }, sentence),
  ];
}

function compareHook({ hook: was }: TlsSettings, { hook: is }: TlsSettings): Draft[] {
  const [before, after] = [was.join(" "), is.join(" ")];
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const fields = { subject: "hook", before, after };
  if (is.length === 0) {
    const sentence = `the command ${before} is no longer run on the machine to make DNS records`;
    return [settingDraft(["tls-hook-changed", "low", "narrows"], fields, sentence)];
  }
  const instead = was.length === 0 ? "" : `, and no longer ${before}`;
  const sentence = `the command ${after} is run on the machine from now on, to make DNS records${instead}`;
  return [settingDraft(["tls-hook-changed", "high", "widens"], fields, sentence)];
}
