import type { ImageContent, ImageSettings } from "../state/state";
import { type Draft, type Loudness, settingDraft } from "./draft";

/** What an image is made of. From another place, others decide what is signed in the company's name. */
export function compareContent(image: string, before: ImageSettings, after: ImageSettings): Draft[] {
  const [was, is] = [contentText(before.content), contentText(after.content)];
  const fields = { subject: after.name, before: was, after: is };
  if (was !== is) {
    const loudness: Loudness =
      originOf(before.content) === originOf(after.content)
        ? ["image-content-changed", "medium", "neutral"]
        : ["image-content-changed", "high", "widens"];
    return [settingDraft(loudness, fields, `what is signed as ${image} is ${is} from now on, and no longer ${was}`)];
  }
  if (wordOf(before.content) === wordOf(after.content)) return [];
  const sentence = `${image} is built and signed again, though nothing else of it changes`;
  return [settingDraft(["image-content-changed", "low", "neutral"], fields, sentence)];
}

export function contentText(content: ImageContent): string {
  if ("source" in content) return `taken from ${content.source}`;
  const { context, dockerfile, platform } = content;
  const by = dockerfile === undefined ? "" : ` by ${dockerfile}`;
  return `built from ${context}${by}${platform === undefined ? "" : ` for ${platform}`}`;
}

/** The folder, or the Git URL without its branch, tag or commit. */
function originOf(content: ImageContent): string {
  if ("source" in content) return `source ${content.source}`;
  return `context ${content.context.replace(/#.*/s, "")}`;
}

function wordOf(content: ImageContent): string | undefined {
  return "source" in content ? undefined : content.rebuild;
}
