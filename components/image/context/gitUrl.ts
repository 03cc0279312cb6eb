import { BuildContextError } from "./error";

/** A build context in a Git repository, as `docker build` names it. */
export interface GitContext {
  /** Of the repository. */
  readonly url: string;
  /** A branch, a tag, `refs/…` or a commit; `HEAD`, the repository's default branch, when none is given. */
  readonly ref: string;
  /** Below the repository's root; empty for the root. */
  readonly subdirectory: string;
}

const FORM = "https://HOST/PATH.git#REF:FOLDER";
/** `git check-ref-format`, more strictly; nothing that Git could take for an option or a pattern. */
const REF = /^(?!.*(\.\.|\/\/|@\{))[A-Za-z0-9_][A-Za-z0-9._/+@-]{0,255}$/;

/**
 * Reads `URL.git[#REF[:FOLDER]]`; undefined for what is a folder of this machine. https, ssh (also as `git@HOST:PATH`) and file
 * are spoken: a commit that plain http or git names could be anybody's. Throws BuildContextError GIT_URL_INVALID.
 * Source: Docker's documentation of build contexts § URL fragments.
 */
export function parseGitContext(context: string): GitContext | undefined {
  const hash = context.indexOf("#");
  const url = hash < 0 ? context : context.slice(0, hash);
  const scp = /^[A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9.-]+:(?!\/\/)/.test(url);
  if (!scp && !/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return undefined;

  const invalid = (reason: string) =>
    new BuildContextError("GIT_URL_INVALID", `The build context ${shown(context)} ${reason}: write it as ${FORM}.`);
  if (!scp) {
    if (!URL.canParse(url)) throw invalid("is no URL");
    const { protocol, username, password } = new URL(url);
    if (!["https:", "ssh:", "file:"].includes(protocol)) {
      throw invalid(`is at ${protocol}//, over which anybody on the way could put another commit`);
    }
    if (password !== "" || (username !== "" && protocol !== "ssh:")) {
      throw invalid(
        "has a login in it, which would be seen in previews and state; leave it to Git's credential helper",
      );
    }
  }
  if (!/\.git$/.test(url)) throw invalid("does not end with .git before the #");
  if (!/^[\x21-\x7e]+$/.test(url)) throw invalid("has something else than plain ASCII in it: encode it as %XX");

  const [ref = "", ...rest] = (hash < 0 ? "" : context.slice(hash + 1)).split(":");
  if (rest.length > 1) throw invalid("has more than one : after the #");
  if (ref !== "" && !REF.test(ref)) throw invalid(`names ${shown(ref)}, which is no branch, tag or commit`);
  return { url, ref: ref === "" ? "HEAD" : ref, subdirectory: rest[0] ?? "" };
}

/** For messages: bounded, in quotes, and without a login, whose password may have any character when it is not encoded. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/:\/\/.*@/s, "://…@").slice(0, 200));
}
