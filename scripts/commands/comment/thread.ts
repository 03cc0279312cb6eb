import { CommentError } from "./error";

/** A comment of a pull or merge request. */
export interface Comment {
  readonly id: number;
  readonly body: string;
  /** Whether who holds the token wrote it, as far as the API tells. */
  readonly isOwn: boolean;
}

/** Where comments of one pull or merge request are. */
export interface CommentHost {
  /** For messages. */
  readonly name: string;
  /** The most that a comment may have, in characters. */
  readonly charactersMax: number;
  comments(): AsyncGenerator<Comment>;
  /** Each resolves to the comment's address. */
  create(text: string): Promise<string>;
  update(id: number, text: string): Promise<string>;
}

export interface Posted {
  readonly done: "created" | "updated";
  readonly address: string;
}

const TRIES = 3;

/**
 * One comment of ours, which the marker at its top tells from others: it is updated where it is, else created. What somebody
 * else wrote is left alone, whatever is in it.
 */
export async function postOrUpdate(host: CommentHost, marker: string, text: string): Promise<Posted> {
  if ([...text].length > host.charactersMax) {
    throw new CommentError(
      "REPORT_TOO_LARGE",
      `the report has more than the ${host.charactersMax} characters of a comment: make it by \`npm run review -- --format markdown\``,
    );
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const own = await ownComment(host, marker);
      if (own === undefined) return { done: "created", address: await host.create(text) };
      return { done: "updated", address: await host.update(own.id, text) };
    } catch (error) {
      // Deleted meanwhile, or perhaps created by a request whose answer was lost: it is looked for again.
      if (attempt >= TRIES || !(error instanceof CommentError) || !AGAIN.has(error.code)) throw error;
    }
  }
}

const AGAIN: ReadonlySet<string> = new Set(["API_NOT_FOUND", "API_UNAVAILABLE"]);

async function ownComment(host: CommentHost, marker: string): Promise<Comment | undefined> {
  for await (const comment of host.comments()) if (comment.isOwn && comment.body.startsWith(marker)) return comment;
  return undefined;
}
