import { clockCaution } from "../report/clock";
import { doubtsOf } from "../report/doubts";
import { code, escapeText } from "../report/markdown/escape";
import { causeItem, inventoryItem } from "../report/markdown/unknown";
import type { ForecastEvent } from "../report/report";
import { count, grouped } from "../report/words";
import type { FailingImage, Forecast } from "./forecastReport";

/** Of what fails at once, and of each list; the JSON has all. */
const SHOWN_IMAGES = 3;
const SHOWN_ROWS = 100;
const DAY_MS = 86_400_000;

/** A forecast for people: Markdown that is read as well in a terminal. Ends with a newline. */
export function renderForecast(forecast: Forecast): string {
  const { at, until, trust, partial, problems, events, failing } = forecast;
  const doubts = doubtsOf(forecast);
  const clock = clockCaution(forecast);
  const groups = groupsOf(events);
  const blocks = [
    `# What fails until ${minute(until)}`,
    `${headline(groups, forecast)}${partial ? " **Not everything could be asked: see below.**" : ""}`,
    ...(clock === undefined ? [] : [clock]),
    `Trust: ${code(trust.name)}. As of ${minute(at)}. ${countsInWords(forecast)}`,
    ...list("When", groups, ([first, ...more]) => eventLines(first, [first, ...more], at)),
    ...list("Fails already", failing, failingLines),
    ...list("Inventories that are empty or could not be read", doubts.inventories, (each) => [inventoryItem(each)]),
    ...list("Not known", doubts.causes, (each) => [causeItem(each)]),
    ...list("Not readable", problems, ({ file, message, code: why }) => [
      `- ${file === undefined ? "" : `${code(file)}: `}${escapeText(message)} (${code(why)})`,
    ]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

type Group = readonly [ForecastEvent, ...ForecastEvent[]];

/** What ends is one thing for all images that depend on it. */
function groupsOf(events: readonly ForecastEvent[]): Group[] {
  const groups = new Map<string, [ForecastEvent, ...ForecastEvent[]]>();
  for (const event of events) {
    const { instant, stack, sentence } = event;
    const key = JSON.stringify([instant, stack, sentence]);
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()];
}

function headline(groups: readonly Group[], { at, counts }: Forecast): string {
  const [first] = groups;
  if (first === undefined) {
    const any = counts.lasting + counts.refused > 0;
    return any
      ? "**Nothing that is good at the beginning fails until then.**"
      : "**No image is verified at the beginning: there is nothing that could fail later.**";
  }
  const lasting = groups.find(([{ unlessRenewed }]) => !unlessRenewed);
  const words = ([event, ...others]: Group) =>
    `${distance(event.instant, at)}, on ${minute(event.instant)}: ${things([event, ...others])}, by ${WORDS[event.cause]}`;
  if (lasting === undefined)
    return `**First to fail ${words(first)}, unless that is renewed; nothing else until then.**`;
  if (lasting === first) return `**First to fail ${words(first)}.**`;
  return `**First to fail ${words(lasting)}.** Before that ${words(first)}, unless that is renewed.`;
}

const WORDS: Readonly<Record<ForecastEvent["cause"], string>> = {
  leaf: "its signing certificate",
  intermediate: "an intermediate certificate",
  root: "a root certificate",
  tsa: "its time stamp",
  crl: "a CRL",
  "signature-expiry": "the signature's expiry",
  tls: "the registry's TLS certificate",
  other: "another reason",
};

function eventLines(first: ForecastEvent, group: readonly ForecastEvent[], at: string): string[] {
  const { instant, stack, sentence, code: why, unlessRenewed } = first;
  const judge = stack === null ? "" : `, stack ${code(stack)}`;
  return [
    `- **${minute(instant)}** (${distance(instant, at)}${judge}${unlessRenewed ? ", unless renewed" : ""}): ${escapeText(sentence)} (${code(why)})`,
    ...group.slice(0, SHOWN_IMAGES).map((event) => `  - ${nameOf(event)}`),
    ...(group.length > SHOWN_IMAGES ? [`  - and ${count(group.length - SHOWN_IMAGES, "more image")}`] : []),
  ];
}

function failingLines(image: FailingImage): string[] {
  const judge = image.stack === null ? "" : `, stack ${code(image.stack)}`;
  return [`- ${nameOf(image)}${judge}: ${escapeText(image.why)} (${code(image.code)})`];
}

function list<Item>(title: string, items: readonly Item[], linesOf: (item: Item) => readonly string[]): string[] {
  if (items.length === 0) return [];
  const left = items.length - SHOWN_ROWS;
  return [
    `## ${title}`,
    [
      ...items.slice(0, SHOWN_ROWS).flatMap(linesOf),
      ...(left > 0 ? [`- … and ${left} more: see --format json`] : []),
    ].join("\n"),
  ];
}

function nameOf({ reference, tags }: Pick<ForecastEvent, "reference" | "tags">): string {
  return tags.length === 0
    ? code(reference)
    : `${code(reference)} (${tags
        .slice(0, 5)
        .map((tag) => code(tag))
        .join(", ")})`;
}

function things(group: Group): string {
  const [{ cause, reference }] = group;
  return cause === "tls" ? code(reference) : count(group.length, "image");
}

function countsInWords({ counts, events, unknown }: Forecast): string {
  const { lasting, refused, failing, skipped } = counts;
  const images = new Set(events.filter(isForGood).map(({ reference, stack }) => JSON.stringify([reference, stack])));
  const renewable = refused - images.size;
  const fail = (number: number) => `${grouped(number)} ${number === 1 ? "fails" : "fail"}`;
  const words = [
    `${grouped(lasting)} ${lasting === 1 ? "lasts" : "last"}`,
    `${fail(images.size)} by then`,
    ...(renewable > 0 ? [`${fail(renewable)} only if something is not renewed`] : []),
    `${fail(failing)} already`,
    `${grouped(skipped)} not looked at (level skip)`,
    `${grouped(unknown.filter(({ whole }) => !whole).length)} unknown`,
  ];
  return `Images: ${words.join(", ")}.`;
}

/** Of images, what nobody renews. */
function isForGood({ cause, unlessRenewed }: ForecastEvent): boolean {
  return !unlessRenewed && cause !== "tls";
}

/** `2026-12-31 12:00 UTC`. */
function minute(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}

function distance(instant: string, from: string): string {
  const days = Math.floor((Date.parse(instant) - Date.parse(from)) / DAY_MS);
  if (days < 1) return "in less than a day";
  return days === 1 ? "in a day" : `in ${count(days, "day")}`;
}
