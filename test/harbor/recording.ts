import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../../components/oci/descriptor";
import { projectRoot } from "../support/tools";

/** One exchange with a real Harbor; see recordings/*.json. */
export interface Recording {
  name: string;
  request: {
    method: string;
    path: string;
    /** `bearer`: with a registry token. null: nobody. */
    auth: { scheme: "basic"; username: string } | "bearer" | null;
    headers: Record<string, string>;
    body: unknown;
  };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

/** A request as the replay sees it. */
export interface ReplayedRequest {
  method: string;
  /** With the query, as it was sent. */
  path: string;
  /** Undefined: nobody, or a registry token. */
  username: string | undefined;
  password: string | undefined;
  headers: Record<string, string | undefined>;
  body: unknown;
}

const directory = join(projectRoot, "test", "harbor", "recordings");
const SECRET = "<redacted>";
/** The right password of every user; what a recording of a wrong one is asked with is anything else. */
export const RIGHT_PASSWORD = "Right-Passw0rd";
/** What may stand in a request beside what was recorded, since it changes nothing in an answer that was recorded without. */
const HARMLESS: Readonly<Record<string, RegExp>> = { with_label: /^true$/, with_tag: /^true$/ };
/** The same for an answer that is a whole list. */
const HARMLESS_IN_WHOLE: Readonly<Record<string, RegExp>> = { page: /^1$/, page_size: /^([1-9][0-9]?|100)$/ };

let all: ReadonlyMap<string, Recording> | undefined;

/** All recordings by name. */
export function recordings(): ReadonlyMap<string, Recording> {
  all ??= new Map(
    readdirSync(directory)
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => JSON.parse(readFileSync(join(directory, file), "utf8")) as Recording)
      .map((recording) => [recording.name, recording]),
  );
  return all;
}

export function recording(name: string): Recording {
  const found = recordings().get(name);
  if (found === undefined) throw new Error(`There is no recording ${name}.`);
  return found;
}

/** True when this request was recorded. */
export function matches(recording: Recording, asked: ReplayedRequest): boolean {
  const { name, request } = recording;
  return (
    request.method === asked.method &&
    samePath(recording, asked.path) &&
    sameLogin(request.auth, asked, !name.includes("wrong-password")) &&
    ["X-Is-Resource-Name", "Cookie"].every((header) =>
      sameHeader(request.headers[header], asked.headers[header.toLowerCase()]),
    ) &&
    sameBody(request.body, asked.body)
  );
}

function samePath({ request, response }: Recording, path: string): boolean {
  const [[recorded, known], [asked, sent]] = [split(request.path), split(path)];
  const harmless = { ...HARMLESS, ...(response.headers.Link === undefined && HARMLESS_IN_WHOLE) };
  const names = new Set([...known.keys(), ...sent.keys()]);
  return (
    recorded === asked &&
    [...names].every((name) => {
      const value = sent.get(name);
      return value === known.get(name) || (value !== null && harmless[name]?.test(value) === true);
    })
  );
}

function split(path: string): [string, URLSearchParams] {
  const at = path.indexOf("?");
  return at < 0 ? [path, new URLSearchParams()] : [path.slice(0, at), new URLSearchParams(path.slice(at))];
}

function sameLogin(auth: Recording["request"]["auth"], asked: ReplayedRequest, right: boolean): boolean {
  if (auth === null) return asked.headers.authorization === undefined;
  if (auth === "bearer") return asked.headers.authorization?.startsWith("Bearer ") === true;
  // A robot logs in with the secret that a recording gave it.
  const isRight = asked.password === RIGHT_PASSWORD || asked.password === SECRET;
  return asked.username === auth.username && isRight === right;
}

function sameHeader(recorded: string | undefined, asked: string | undefined): boolean {
  return recorded === SECRET ? asked !== undefined : recorded === asked;
}

/** Objects with their keys in any order; a redacted secret is any text. */
function sameBody(recorded: unknown, asked: unknown): boolean {
  if (recorded === SECRET) return typeof asked === "string" && asked !== "";
  if (Array.isArray(recorded) && Array.isArray(asked)) {
    return recorded.length === asked.length && recorded.every((item, at) => sameBody(item, asked[at]));
  }
  if (isRecord(recorded) && isRecord(asked)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(asked)]);
    return [...names].every((name) => sameBody(recorded[name], asked[name]));
  }
  return isDeepStrictEqual(recorded, asked);
}
