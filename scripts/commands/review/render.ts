import { renderHtml } from "../../../components/review/report/html";
import { renderMarkdown } from "../../../components/review/report/markdown";
import type { Report } from "../../../components/review/report/report";
import type { Format } from "./imageOptions";

/** A report as a text that ends with a newline. */
export function renderReport(report: Report, format: Format): string {
  if (format === "markdown") return renderMarkdown(report);
  if (format === "html") return renderHtml(report);
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
