import { listed } from "../../signers/words";
import { count } from "../report/words";
import type { ImageSettings } from "../state/state";
import { type Draft, type Loudness, settingDraft } from "./draft";
import { compareContent, contentText } from "./imageContent";

/** What is made, signed and pushed in the company's name, and from what, by whom. */
export function compareImages(base: readonly ImageSettings[], head: readonly ImageSettings[]): Draft[] {
  const pairs = pairsOf(base, head);
  const kept = new Set(pairs.map(({ before }) => before));
  return [
    ...pairs.flatMap(({ before, after }) => (before ? compareImage(before, after) : imageAdded(after))),
    ...base.filter((image) => !kept.has(image)).map(imageRemoved),
  ];
}

interface Pair {
  readonly before: ImageSettings | undefined;
  readonly after: ImageSettings;
}

/** By name; one that only has another name is the same image. */
function pairsOf(base: readonly ImageSettings[], head: readonly ImageSettings[]): Pair[] {
  const named = new Set(head.map(({ name }) => name));
  return head.map((after) => ({
    before:
      base.find(({ name }) => name === after.name) ??
      base.find(({ name, reference }) => !named.has(name) && reference === after.reference),
    after,
  }));
}

function imageAdded(image: ImageSettings): Draft[] {
  const { name: subject, content, signedBy } = image;
  const sentence = `${nameOf(image)}, ${contentText(content)}, is signed by the identity "${signedBy}" and pushed by the robot "${image.pushedBy}" from now on`;
  return [
    settingDraft(["image-added", "medium", "widens"], { subject, after: contentText(content) }, sentence),
    ...compareWeaknesses(undefined, image),
  ];
}

function imageRemoved(image: ImageSettings): Draft {
  const { name: subject, content } = image;
  const sentence = `${nameOf(image)} is no longer made and signed here; what is in the registry of it stays`;
  return settingDraft(["image-removed", "low", "narrows"], { subject, before: contentText(content) }, sentence);
}

function compareImage(before: ImageSettings, after: ImageSettings): Draft[] {
  return [
    ...comparePlace(before, after),
    ...compareContent(nameOf(after), before, after),
    ...compareSigner(before, after),
    ...comparePusher(before, after),
    ...compareTag(before, after),
    ...compareExpiry(before, after),
    ...compareWeaknesses(before, after),
  ];
}

function nameOf({ name, reference }: ImageSettings): string {
  return `the image "${name}" (${reference})`;
}

/** Another host is told once, for all. */
function comparePlace(before: ImageSettings, after: ImageSettings): Draft[] {
  const [was, is] = [before, after].map(({ reference }) => reference.slice(reference.indexOf("/") + 1));
  if (was === undefined || is === undefined || was === is) return [];
  const repository = (place: string) => place.slice(0, place.lastIndexOf(":"));
  const isMoved = repository(was) !== repository(is);
  const fields = { subject: after.name, before: before.reference, after: after.reference };
  const rule = isMoved ? ": the statement for that repository decides over it" : "";
  const sentence = `the image "${after.name}" is pushed as ${after.reference} from now on, and no longer as ${before.reference}${rule}`;
  return [settingDraft(["image-moved", isMoved ? "medium" : "low", "neutral"], fields, sentence)];
}

function compareSigner(before: ImageSettings, after: ImageSettings): Draft[] {
  if (before.signedBy === after.signedBy) return [];
  const fields = { subject: after.name, before: before.signedBy, after: after.signedBy };
  const sentence = `${nameOf(after)} is signed by the identity "${after.signedBy}" from now on, and no longer by "${before.signedBy}"`;
  return [settingDraft(["signer-of-image-changed", "medium", "neutral"], fields, sentence)];
}

function comparePusher({ pushedBy: before }: ImageSettings, image: ImageSettings): Draft[] {
  const { name: subject, pushedBy: after } = image;
  if (before === after) return [];
  const sentence = `${nameOf(image)} and its signatures are pushed by the robot "${after}" from now on, and no longer by "${before}"`;
  return [settingDraft(["pusher-of-image-changed", "low", "neutral"], { subject, before, after }, sentence)];
}

function compareTag(before: ImageSettings, after: ImageSettings): Draft[] {
  if (before.acceptTag === after.acceptTag) return [];
  const [loudness, may]: [Loudness, string] = after.acceptTag
    ? [["tag-takeover-allowed", "medium", "widens"], "may be taken from what somebody else pushed from now on"]
    : [["tag-takeover-refused", "low", "narrows"], "is no longer taken from what somebody else pushed"];
  return [settingDraft(loudness, { subject: after.name }, `the tag of ${nameOf(after)} ${may}`)];
}

function compareExpiry(before: ImageSettings, after: ImageSettings): Draft[] {
  const [was, is] = [before, after].map(({ expirySeconds }) => expirySeconds ?? Number.POSITIVE_INFINITY);
  if (was === undefined || is === undefined || was === is) return [];
  const loudness: Loudness =
    is > was ? ["signature-lifetime-changed", "medium", "widens"] : ["signature-lifetime-changed", "low", "narrows"];
  const fields = { subject: after.name, before: lifeOf(was), after: lifeOf(is) };
  const sentence = `new signatures of ${nameOf(after)} are good ${lifeOf(is)}; so far they were ${lifeOf(was)}`;
  return [settingDraft(loudness, fields, sentence)];
}

function lifeOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "without an end";
  return seconds % 3600 === 0 ? `for ${count(seconds / 3600, "hour")}` : `for ${count(seconds, "second")}`;
}

function compareWeaknesses(before: ImageSettings | undefined, after: ImageSettings): Draft[] {
  const was = before?.acceptWeaker ?? [];
  const come = after.acceptWeaker.filter((weakness) => !was.includes(weakness));
  const gone = was.filter((weakness) => !after.acceptWeaker.includes(weakness));
  const subject = after.name;
  return [
    ...(come.length > 0
      ? [
          settingDraft(
            ["weaker-accepted", "high", "widens"],
            { subject, after: come.join(", ") },
            `the gate of ${nameOf(after)} lets weaknesses in ${listed(come)} pass from now on, which the trust policy only logs or skips`,
          ),
        ]
      : []),
    ...(gone.length > 0
      ? [
          settingDraft(
            ["weaker-no-longer-accepted", "low", "narrows"],
            { subject, before: gone.join(", ") },
            `the gate of ${nameOf(after)} no longer lets weaknesses in ${listed(gone)} pass`,
          ),
        ]
      : []),
  ];
}
