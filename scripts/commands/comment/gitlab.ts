import { type Api, invalid } from "./api";
import type { Comment, CommentHost } from "./thread";

interface GitlabNote {
  readonly id: number;
  readonly body?: string;
  readonly author?: { readonly id: number };
}

/** The notes of a merge request. Source: docs.gitlab.com/api/notes, § Merge requests. */
export function gitlab(api: Api, { project, number }: { project: string; number: number }): CommentHost {
  const name = `merge request ${number} of ${project}`;
  const request = `/projects/${encodeURIComponent(project)}/merge_requests/${number}`;
  const written = async (method: "POST" | "PUT", path: string, text: string, what: string): Promise<string> => {
    const note = (await api.send({ method, path, body: { body: text }, what })) as GitlabNote;
    if (typeof note.id !== "number") throw invalid(what, "gave no note");
    return `${name}, note ${note.id}`;
  };
  return {
    name,
    charactersMax: 1_000_000,
    async *comments() {
      const what = "Asking whose the token is";
      const { id: own } = (await api.send({ method: "GET", path: "/user", what })) as { id?: unknown };
      if (typeof own !== "number") throw invalid(what, "gave no user");
      const query = { sort: "asc", order_by: "created_at" };
      for await (const entry of api.list({ path: `${request}/notes`, query, what: `Reading the notes of ${name}` })) {
        const { id, body, author } = entry as GitlabNote;
        yield { id, body: body ?? "", isOwn: author?.id === own } satisfies Comment;
      }
    },
    create: (text) => written("POST", `${request}/notes`, text, `Commenting on ${name}`),
    update: (id, text) => written("PUT", `${request}/notes/${id}`, text, `Updating the note on ${name}`),
  };
}
