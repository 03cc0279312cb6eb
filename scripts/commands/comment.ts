import path from "node:path";
import { COMMENT_MARKER } from "../../components/review/report/markdown";
import { Api } from "./comment/api";
import { CommentError } from "./comment/error";
import { forgeableNotice } from "./comment/forgeable";
import { GITHUB_HEADERS, github } from "./comment/github";
import { gitlab } from "./comment/gitlab";
import { COMMENT_HELP, type GithubOptions, type GitlabOptions, readCommentOptions } from "./comment/options";
import { readReport } from "./comment/reportFile";
import { type CommentHost, postOrUpdate } from "./comment/thread";
import { automationOf, pullOfRun, readRun } from "./comment/workflowRun";
import { runCommand, say, show } from "./command";

/** `npm run comment`; resolves to its exit code. */
export function comment(args: readonly string[]): Promise<number> {
  return runCommand(async () => {
    const options = readCommentOptions(args, process.env);
    if (options === "help") return show(COMMENT_HELP);
    const report = withLink(await readReport(absolute(options.file), COMMENT_MARKER), options.artifacts);
    await (options.host === "github" ? commentOnGithub(options, report) : commentOnGitlab(options, report));
  });
}

/** `COMMENT_LENGTH_MAX` of a report leaves room for it. */
function withLink(report: string, address: string | undefined): string {
  if (address === undefined) return report;
  return `${report.trimEnd()}\n\nThe page with the map and the timeline, and the JSON, are among the artifacts of [this run](${address}).\n`;
}

async function commentOnGitlab(options: GitlabOptions, report: string): Promise<void> {
  const api = new Api({ base: options.api, token: tokenIn("GITLAB_TOKEN") });
  await post(gitlab(api, options), report);
}

async function commentOnGithub({ api: base, repository, pull }: GithubOptions, report: string): Promise<void> {
  const api = new Api({ base, token: tokenIn("GITHUB_TOKEN"), headers: GITHUB_HEADERS });
  if ("number" in pull) return await post(github(api, { repository, number: pull.number }), report);

  const run = await readRun(absolute(pull.workflowRun), repository);
  const number = await pullOfRun(api, run);
  const automation = number === undefined ? "outdated" : await automationOf(api, run, number);
  if (number === undefined || automation === "outdated") {
    return say(
      `No open pull request is at the commit ${run.headCommit} any more: a later run comments on what is there.`,
    );
  }
  await post(github(api, { repository, number }), automation === "changed" ? forgeableNotice(number) : report);
}

async function post(host: CommentHost, text: string): Promise<void> {
  const { done, address } = await postOrUpdate(host, COMMENT_MARKER, text);
  show(`${done === "created" ? "Commented on" : "Updated the comment on"} ${host.name}: ${address}`);
}

function absolute(file: string): string {
  return path.resolve(process.env.INIT_CWD ?? process.cwd(), file);
}

function tokenIn(name: string): string {
  const token = process.env[name]?.trim() ?? "";
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const how = token === "" ? "is not set" : "is no token: it has spaces or other characters that none has";
  throw new CommentError("TOKEN_MISSING", `${name} ${how}; set it to a token that may comment`);
}
