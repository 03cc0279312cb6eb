import { listed } from "../../signers/words";
import type { ProjectSettings } from "../state/state";
import { type Draft, type Loudness, settingDraft } from "./draft";

const CLOSED: ProjectSettings = { name: "", public: false, contentTrust: [], immutableTags: [] };

export function compareProjects(base: readonly ProjectSettings[], head: readonly ProjectSettings[]): Draft[] {
  const names = [...new Set([...base, ...head].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [before, after] = [base, head].map((projects) => projects.find((project) => project.name === name));
    return [
      ...compareGate(name, before, after),
      ...(after ? compareAccess(name, before, after) : []),
      ...compareTags(name, before ?? CLOSED, after),
    ];
  });
}

function compareGate(name: string, before: ProjectSettings | undefined, after: ProjectSettings | undefined): Draft[] {
  const [was, is] = [before, after].map((project) => [...new Set(project?.contentTrust ?? [])].sort());
  if (!was || !is) return [];
  const fields = { subject: name, before: was.join(", "), after: is.join(", ") };
  if (!before) {
    return is.length > 0
      ? [
          settingDraft(
            ["gate-switched-on", "info", "neutral"],
            { subject: name, after: fields.after },
            `the new project "${name}" has a gate: it gives out only images that are signed (${listed(is)})`,
          ),
        ]
      : [
          settingDraft(
            ["gate-switched-off", "medium", "widens"],
            { subject: name, after: "" },
            `the new project "${name}" has no gate: it gives out unsigned images as well`,
          ),
        ];
  }
  if (was.join() === is.join()) return [];
  if (!after)
    return [
      settingDraft(
        ["gate-changed", "high", "widens"],
        fields,
        `the project "${name}" is no longer declared, nor is its gate (${listed(was)}): Harbor keeps it closed until somebody opens it there, and nothing here would close it again`,
      ),
    ];
  if (is.length === 0)
    return [
      settingDraft(
        ["gate-switched-off", "critical", "widens"],
        fields,
        `the gate of the project "${name}" (${listed(was)}) is switched off: unsigned images can be pulled from it`,
      ),
    ];
  if (was.length === 0)
    return [
      settingDraft(
        ["gate-switched-on", "low", "narrows"],
        fields,
        `the gate of the project "${name}" is switched on: only images that are signed (${listed(is)}) can be pulled from it`,
      ),
    ];
  const dropped = was.filter((kind) => !is.includes(kind));
  const loudness: Loudness =
    dropped.length > 0 ? ["gate-changed", "high", "widens"] : ["gate-changed", "low", "narrows"];
  const effect =
    dropped.length > 0
      ? `a signature of ${listed(dropped)} is no longer asked for`
      : "both kinds of signatures are asked for";
  return [
    settingDraft(
      loudness,
      fields,
      `the gate of the project "${name}" changes from ${listed(was)} to ${listed(is)}: ${effect}`,
    ),
  ];
}

function compareAccess(name: string, before: ProjectSettings | undefined, after: ProjectSettings): Draft[] {
  if ((before?.public ?? false) === after.public) return [];
  const fields = {
    subject: name,
    before: before?.public ? "public" : "private",
    after: after.public ? "public" : "private",
  };
  return after.public
    ? [
        settingDraft(
          ["project-public", "high", "widens"],
          fields,
          `anybody can pull from the project "${name}" without a login from now on`,
        ),
      ]
    : [
        settingDraft(
          ["project-private", "low", "narrows"],
          fields,
          `the project "${name}" asks for a login to pull from now on`,
        ),
      ];
}

function compareTags(name: string, before: ProjectSettings, after: ProjectSettings | undefined): Draft[] {
  const was = [...new Set(before.immutableTags)];
  const is = [...new Set(after?.immutableTags ?? [])];
  const [gone, come] = [was.filter((pattern) => !is.includes(pattern)), is.filter((pattern) => !was.includes(pattern))];
  const tags = (patterns: readonly string[]) => `tags like ${listed(patterns)} of the project "${name}"`;
  return [
    ...(gone.length > 0
      ? [
          settingDraft(
            ["immutable-tags-removed", "medium", "widens"],
            { subject: name, before: gone.join(", ") },
            `${tags(gone)} are no longer kept from being moved to another image`,
          ),
        ]
      : []),
    ...(come.length > 0
      ? [
          settingDraft(
            ["immutable-tags-added", "low", "narrows"],
            { subject: name, after: come.join(", ") },
            `${tags(come)} can no longer be moved to another image`,
          ),
        ]
      : []),
  ];
}
