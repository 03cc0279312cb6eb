export { COMMENT_LENGTH_MAX, COMMENT_MARKER, type MarkdownOptions, renderMarkdown } from "./renderMarkdown";
