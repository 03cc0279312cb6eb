import { type FlipGroup, flipGroups, reasonWords, verdictWords } from "../flipGroups";
import type { Flip } from "../report";
import { count } from "../words";
import type { Block } from "./document";
import { code, escapeText } from "./escape";

const CAUSES_OPEN = 20;
/** Images shown below their cause; all of them are in a fold. */
const IMAGES_OPEN = 5;
const TAGS_MAX = 5;

/** Images by the cause of their flip, towards trust above away from it; then all of them, folded. */
export function flipBlocks(flips: readonly Flip[]): Block[] {
  return [
    ...section(
      "Images that turn towards trust",
      flips.filter(({ towards }) => towards === "trust"),
      3,
    ),
    ...section(
      "Images that turn away from trust",
      flips.filter(({ towards }) => towards === "distrust"),
      3,
    ),
  ];
}

function section(title: string, flips: readonly Flip[], priority: number): Block[] {
  if (flips.length === 0) return [];
  const groups = flipGroups(flips);
  const all = groups.some(({ images }) => images.length > IMAGES_OPEN);
  return [
    `### ${title} (${count(flips.length, "verdict")})`,
    { items: groups.map(cause), open: CAUSES_OPEN, priority, loud: true, noun: ["cause", "causes"] },
    ...(all
      ? [
          {
            items: flips.map((flip) => `- ${image(flip)}`),
            open: 0,
            priority: 8,
            noun: ["image, one a line", "images, one a line"],
          } as const,
        ]
      : []),
  ];
}

function cause({ cause, images }: FlipGroup): string {
  const { stack, before, after, statement, validation, why, signer } = cause;
  const rest = images.length - IMAGES_OPEN;
  return [
    `- **${verdictWords(before)} → ${verdictWords(after)}** in ${code(stack)}, ${count(images.length, "image")}. ${rule(statement, validation, cause.code)}`,
    `  - ${reasonWords(cause)}: ${escapeText(why)}`,
    ...(signer ? [`  - Signed by ${code(signer.subject)} (SHA-256 ${code(signer.thumbprint)})`] : []),
    ...images.slice(0, IMAGES_OPEN).map((each) => `  - ${image(each)}`),
    ...(rest > 0 ? [`  - … and ${count(rest, "more image", "more images")}, below`] : []),
  ].join("\n");
}

function rule(statement: string | null, validation: string | null, failure: string | null): string {
  const by = statement === null ? "No statement applies" : `By the statement ${code(statement)}`;
  const of = validation === null ? "" : `, validation ${code(validation)}`;
  return `${by}${of}${failure === null ? "" : `, ${code(failure)}`}.`;
}

function image({ reference, tags }: FlipGroup["images"][number]): string {
  const shown = tags.slice(0, TAGS_MAX).map((tag) => code(tag, 128));
  const more = tags.length > TAGS_MAX ? [`${tags.length - TAGS_MAX} more`] : [];
  return `${code(reference)}${tags.length > 0 ? ` tagged ${[...shown, ...more].join(", ")}` : " without a tag"}`;
}
