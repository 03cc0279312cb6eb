import { type Api, invalid } from "./api";
import { CommentError } from "./error";
import type { Comment, CommentHost } from "./thread";

/** Of every request; docs.github.com/rest, § Getting started. */
export const GITHUB_HEADERS = {
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
} as const;

interface GithubComment {
  readonly id: number;
  readonly body?: string | null;
  readonly html_url?: string;
  readonly user?: { readonly login: string; readonly type: string } | null;
}

/** The comments of a pull request. Source: docs.github.com/rest/issues/comments; a pull request is an issue, too. */
export function github(api: Api, { repository, number }: { repository: string; number: number }): CommentHost {
  const name = `pull request ${number} of ${repository}`;
  const comments = `/repos/${repository}/issues/${number}/comments`;
  return {
    name,
    charactersMax: 65_536,
    async *comments() {
      const isOwn = await ownership(api);
      for await (const entry of api.list({ path: comments, what: `Reading the comments of ${name}` })) {
        const { id, body, user } = entry as GithubComment;
        yield { id, body: body ?? "", isOwn: isOwn(user) } satisfies Comment;
      }
    },
    async create(text) {
      const what = `Commenting on ${name}`;
      return addressOf(await api.send({ method: "POST", path: comments, body: { body: text }, what }), what);
    },
    async update(id, text) {
      const what = `Updating the comment on ${name}`;
      const path = `/repos/${repository}/issues/comments/${id}`;
      return addressOf(await api.send({ method: "PATCH", path, body: { body: text }, what }), what);
    },
  };
}

/** Whose comments are ours. The token of a workflow or an app has no user of its own (403): then it is a bot's. */
async function ownership(api: Api): Promise<(user: GithubComment["user"]) => boolean> {
  try {
    const { login } = (await api.send({ method: "GET", path: "/user", what: "Asking whose the token is" })) as {
      login?: unknown;
    };
    return (user) => user?.login === login;
  } catch (error) {
    if (!(error instanceof CommentError) || error.code !== "API_FORBIDDEN") throw error;
    return (user) => user?.type === "Bot";
  }
}

function addressOf(comment: unknown, what: string): string {
  const { html_url: address } = comment as GithubComment;
  if (typeof address === "string") return address;
  throw invalid(what, "gave no comment");
}
