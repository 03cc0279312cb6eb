import type { ConfigProblem } from "./error";
import type { ReadableConfig } from "./readableConfig";

type Named = readonly { readonly name?: string }[];
type Image = ReadableConfig["images"][number];

/** What the parts of a config say of each other: names are unique, and what is named is there. */
export function checkReferences(config: ReadableConfig, problems: ConfigProblem[]): void {
  const { projects, robots, identities, images } = config;
  for (const [key, items] of Object.entries({ projects, robots, identities, images })) checkNames(key, items, problems);
  for (const [index, { project }] of robots.entries()) {
    checkNamed(`robots[${index}].project`, project, { projects }, problems);
  }
  for (const [index, image] of images.entries()) {
    const key = `images[${index}]`;
    checkNamed(`${key}.project`, image.project, { projects }, problems);
    checkNamed(`${key}.signedBy`, image.signedBy, { identities }, problems);
    if (projects.some(({ name }) => name === image.project)) checkPusher(key, image, robots, problems);
    checkPlaceOf(index, images, problems);
  }
}

function checkNames(key: string, items: Named, problems: ConfigProblem[]): void {
  for (const [index, { name }] of items.entries()) {
    const first = items.findIndex((item) => item.name === name);
    if (name === undefined || first === index) continue;
    problems.push({ key: `${key}[${index}].name`, message: `is "${name}" as ${key}[${first}] is; give each its own` });
  }
}

/** `where` has one list, by its key. */
function checkNamed(
  key: string,
  name: string | undefined,
  where: Readonly<Record<string, Named>>,
  problems: ConfigProblem[],
): void {
  const [[list = "", items = []] = []] = Object.entries(where);
  // What has no name that can be read may be what is meant.
  if (name === undefined || items.some((item) => item.name === name || item.name === undefined)) return;
  const known = items.map((item) => item.name).join(", ") || "none";
  problems.push({ key, message: `is "${name}", which is not among \`${list}\` (there: ${known}); declare it there` });
}

/** Images are pushed and signed by a robot that may. */
function checkPusher(key: string, image: Image, robots: ReadableConfig["robots"], problems: ConfigProblem[]): void {
  const { project, pushedBy } = image;
  const isReadable = robots.every((robot) => robot.name && robot.project && robot.permissions);
  if (project === undefined || !isReadable) return;
  const pushers = robots.filter((robot) => robot.project === project && robot.permissions === "push");
  if (pushedBy === undefined) {
    if (pushers.length > 0) return;
    const way = `{name: ci, project: ${project}, permissions: push}`;
    problems.push({ key, message: `no robot may push to "${project}"; declare one in \`robots\`, e.g. ${way}` });
  } else if (!pushers.some(({ name }) => name === pushedBy)) {
    const known = pushers.map(({ name }) => name).join(", ") || "none";
    const message = `is "${pushedBy}", which is no robot that may push to "${project}" (there: ${known}); name one of these, or leave it out`;
    problems.push({ key: `${key}.pushedBy`, message });
  }
}

/** One tag has one image: two would take it from each other at every `up`. */
function checkPlaceOf(index: number, images: readonly Image[], problems: ConfigProblem[]): void {
  const place = placeOf(images[index] ?? {});
  const first = images.findIndex((other) => placeOf(other) === place);
  if (place === undefined || first === index) return;
  const message = `is ${place} as images[${first}] is; give it another tag, or a repository of its own`;
  problems.push({ key: `images[${index}]`, message });
}

function placeOf({ project, name, repository = name, tag }: Image): string | undefined {
  return project && repository && tag && `${project}/${repository}:${tag}`;
}
