import type { ConfigProblem } from "./error";

interface Lists {
  readonly projects: readonly { readonly name: string }[];
  readonly robots: readonly { readonly name: string; readonly project: string; readonly permissions: string }[];
  readonly identities: readonly { readonly name: string }[];
  readonly images: readonly ImageReferences[];
}

interface ImageReferences {
  readonly name: string;
  readonly project: string;
  readonly signedBy: string;
  readonly pushedBy?: string;
  readonly build?: unknown;
  readonly source?: unknown;
}

/** What the parts of a config say of each other: names are unique, and what is named is there. */
export function checkReferences(lists: Lists, problems: ConfigProblem[]): void {
  for (const [key, items] of Object.entries(lists)) checkNames(key, items, problems);
  const { projects, robots, identities, images } = lists;
  for (const [index, { project }] of robots.entries()) {
    checkNamed(`robots[${index}].project`, project, "projects", projects, problems);
  }
  for (const [index, image] of images.entries()) {
    const key = `images[${index}]`;
    checkNamed(`${key}.project`, image.project, "projects", projects, problems);
    checkNamed(`${key}.signedBy`, image.signedBy, "identities", identities, problems);
    if ((image.build === undefined) === (image.source === undefined)) {
      problems.push({
        key,
        message: "needs either `build` (a folder or a Git URL) or `source` (an image that is there), one of both",
      });
    }
    checkPusher(key, image, robots, problems);
  }
}

function checkNames(key: string, items: readonly { readonly name: string }[], problems: ConfigProblem[]): void {
  for (const [index, { name }] of items.entries()) {
    const first = items.findIndex((item) => item.name === name);
    if (first === index) continue;
    problems.push({ key: `${key}[${index}].name`, message: `is "${name}" as ${key}[${first}] is; give each its own` });
  }
}

function checkNamed(
  key: string,
  name: string,
  where: string,
  items: readonly { readonly name: string }[],
  problems: ConfigProblem[],
): void {
  if (items.some((item) => item.name === name)) return;
  const known = items.map((item) => item.name).join(", ") || "none";
  problems.push({ key, message: `is "${name}", which is not among \`${where}\` (there: ${known}); declare it there` });
}

/** Images are pushed and signed by a robot that may. */
function checkPusher(key: string, image: ImageReferences, robots: Lists["robots"], problems: ConfigProblem[]): void {
  const pushers = robots.filter(({ project, permissions }) => project === image.project && permissions === "push");
  if (image.pushedBy === undefined) {
    if (pushers.length > 0) return;
    const way = `{name: ci, project: ${image.project}, permissions: push}`;
    problems.push({ key, message: `no robot may push to "${image.project}"; declare one in \`robots\`, e.g. ${way}` });
  } else if (!pushers.some(({ name }) => name === image.pushedBy)) {
    const known = pushers.map(({ name }) => name).join(", ") || "none";
    const message = `is "${image.pushedBy}", which is no robot that may push to "${image.project}" (there: ${known})`;
    problems.push({ key: `${key}.pushedBy`, message });
  }
}
