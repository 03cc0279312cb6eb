import type { StackSettings } from "../state/state";
import { type Draft, settingDraft } from "./draft";
import { compareImages } from "./images";
import { compareInstallation } from "./installation";
import { compareProjects } from "./projects";
import { compareRobots } from "./robots";
import { compareKeyFiles, compareSecrets } from "./secrets";

/** What changed in a stack's config; without config nothing is declared. */
export function compareSettings(base: StackSettings | undefined, head: StackSettings | undefined): Draft[] {
  return [
    ...compareHostname(base, head),
    ...compareProjects(base?.projects ?? [], head?.projects ?? []),
    ...compareRobots(base?.robots ?? [], head?.robots ?? []),
    ...compareImages(base?.images ?? [], head?.images ?? []),
    ...compareKeyFiles(base?.identities ?? [], head?.identities ?? []),
    ...(base && head
      ? [...compareInstallation(base.installation, head.installation), ...compareSecrets(base, head)]
      : []),
  ];
}

function compareHostname(base: StackSettings | undefined, head: StackSettings | undefined): Draft[] {
  if (!base?.hostname || base.hostname === head?.hostname) return [];
  const fields = {
    subject: head?.hostname ?? base.hostname,
    before: base.hostname,
    ...(head?.hostname && { after: head.hostname }),
  };
  const now = head?.hostname
    ? `the registry is ${head.hostname} from now on, and no longer ${base.hostname}: only statements that name repositories of ${head.hostname}, and the one for "*", apply to its images`
    : `no registry is declared any more (${base.hostname} was)`;
  return [settingDraft(["hostname-changed", "medium", "neutral"], fields, now)];
}
