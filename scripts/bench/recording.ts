import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** One HTTP request as it went out. */
export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What undici publishes of a request; the body arrives in parts. */
interface Published {
  readonly request: { readonly method: string; readonly path: string; readonly headers: readonly string[] };
  readonly chunk?: Uint8Array | string;
}

/** Every request that undici sends while `work` runs, in order, seen from outside the client. */
export async function recorded(work: () => Promise<unknown>): Promise<RecordedRequest[]> {
  const bodies = new Map<Published["request"], Buffer[]>();
  const onCreate = (message: unknown) => void bodies.set((message as Published).request, []);
  const onChunk = (message: unknown) => {
    const { request, chunk = "" } = message as Published;
    bodies.get(request)?.push(Buffer.from(chunk as string));
  };
  subscribe("undici:request:create", onCreate);
  subscribe("undici:request:bodyChunkSent", onChunk);
  try {
    await work();
  } finally {
    unsubscribe("undici:request:create", onCreate);
    unsubscribe("undici:request:bodyChunkSent", onChunk);
  }
  return [...bodies].map(([{ method, path, headers }, chunks]) => ({
    method,
    path,
    headers: namedHeaders(headers),
    body: Buffer.concat(chunks),
  }));
}

/** undici keeps names and values in turns. */
function namedHeaders(headers: readonly string[]): Record<string, string> {
  const entries = headers.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), headers[at + 1] ?? ""]] : []));
  return Object.fromEntries(entries) as Record<string, string>;
}
