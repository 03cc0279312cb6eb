import path from "node:path";
import { parseGitContext } from "../../image/context/gitUrl";
import type { Finding } from "../finding";
import { readValue } from "../readable";
import { count } from "../report/words";
import { findingsOf, settingDraft } from "../semantic/draft";
import type { ImageContent, ImageSettings, Readable, StackSettings, TrustState } from "../state/state";
import { isWithin } from "./program";

/** The folders and archives of the project that images of a state are made from. */
export function imageFolders({ stacks }: TrustState): string[] {
  const images = [...stacks.values()].flatMap(({ settings }) => imagesOf(settings));
  return [...new Set(images.flatMap(({ content }) => folderOf(content) ?? []))];
}

/**
 * A finding for each image that stays what the config says, and whose files change: they are signed in the company's name, whatever
 * they are. One that begins to be made from them has a finding by its config.
 * @param paths that changed
 */
export function imageFilesChanged(base: TrustState, head: TrustState, paths: readonly string[]): Finding[] {
  return [...head.stacks].flatMap(([stack, { settings }]) => {
    const before = imagesOf(base.stacks.get(stack)?.settings);
    const drafts = imagesOf(settings).flatMap(({ name, reference, content }) => {
      const folder = folderOf(content);
      const was = before.find((image) => image.name === name);
      if (folder === undefined || was === undefined || folderOf(was.content) !== folder) return [];
      const changed = paths.filter((file) => folder === "." || isWithin(file, folder));
      if (changed.length === 0) return [];
      const sentence = `what is signed as the image "${name}" (${reference}) changes: the change edits ${count(changed.length, "file")} in ${folder}, which it is made from`;
      return [settingDraft(["image-content-changed", "medium", "neutral"], { subject: name, after: folder }, sentence)];
    });
    return findingsOf(stack, drafts);
  });
}

function imagesOf(settings: Readable<StackSettings> | undefined): readonly ImageSettings[] {
  return readValue(settings)?.images ?? [];
}

/** Relative to the project's folder; undefined for what is elsewhere. */
function folderOf(content: ImageContent): string | undefined {
  const place = "source" in content ? content.source : content.context;
  if ("source" in content ? place.startsWith("docker-daemon:") : parseGitContext(place) !== undefined) return undefined;
  const folder = path.posix.normalize(place).replace(/\/$/, "");
  return path.isAbsolute(folder) || isWithin(folder, "..") ? undefined : folder;
}
