import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OciError } from "../../components/oci/error";
import { parseReference } from "../../components/oci/reference";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("A reference", () => {
  test.each([
    ["registry.example.com/app:v1", { host: "registry.example.com", repository: "app", tag: "v1" }],
    ["127.0.0.1:5000/a/b-c/d__e", { host: "127.0.0.1:5000", repository: "a/b-c/d__e" }],
    ["[::1]:5000/app", { host: "[::1]:5000", repository: "app" }],
    ["localhost/app", { host: "localhost", repository: "app" }],
    [`example.com/app@${DIGEST}`, { host: "example.com", repository: "app", digest: DIGEST }],
    [`example.com/app:V1_.-@${DIGEST}`, { host: "example.com", repository: "app", tag: "V1_.-", digest: DIGEST }],
  ])("%s is read part by part", (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  test.each([
    "",
    "app",
    "app:v1",
    "library/app:v1",
    "/app",
    "example.com/",
    "example.com/App",
    "Example.com/app",
    "https://example.com/app",
    "example.com:0/app",
    "example.com:70000/app",
    "example.com:/app",
    "user@example.com/app",
    "example.com/app:",
    "example.com/app:-v1",
    `example.com/app:${"v".repeat(129)}`,
    "example.com/app:v1:v2",
    "example.com/../app",
    "example.com/a//b",
    "example.com/app/",
    "example.com/app ",
    "example.com/app\n",
    "example.com/-app",
    "-example.com/app",
    `example.com/${"a".repeat(256)}`,
  ])("%j is refused", (text) => {
    expect(thrownBy(() => parseReference(text))).toMatchObject({ name: OciError.name, code: "REFERENCE_INVALID" });
  });

  test.each([
    "example.com/app@",
    "example.com/app@sha256:abc",
    `example.com/app@sha256:${"A".repeat(64)}`,
    `example.com/app@md5:${"a".repeat(32)}`,
    `example.com/app@${DIGEST}@${DIGEST}`,
  ])("%j is refused for its digest", (text) => {
    expect(thrownBy(() => parseReference(text))).toMatchObject({ name: OciError.name, code: "DIGEST_INVALID" });
  });

  test.each([
    ["alpine", "docker.io/library/alpine"],
    ["alpine:3.20", "docker.io/library/alpine:3.20"],
    [`alpine@${DIGEST}`, `docker.io/library/alpine@${DIGEST}`],
    ["bitnami/nginx:1", "docker.io/bitnami/nginx:1"],
    ["docker.io/alpine:3.20", "docker.io/library/alpine:3.20"],
    ["index.docker.io/alpine", "docker.io/library/alpine"],
  ])("%s, which Docker would complete, is refused with what to write", (text, whole) => {
    const error = thrownBy(() => parseReference(text));
    expect(error).toMatchObject({ name: OciError.name, code: "REFERENCE_INVALID" });
    expect(String(error)).toContain(` ${whole}.`);
    expect(parseReference(whole).host).toBe("docker.io");
  });

  test("of any text is either refused by an OciError or the sum of its parts", () => {
    const part = fc.constantFrom(
      "example.com",
      "a",
      "A",
      "/",
      ":",
      "@",
      "5000",
      "..",
      "-",
      "_",
      DIGEST,
      "v1",
      " ",
      "[",
      "]",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
        ),
        (text) => {
          try {
            const { host, repository, tag, digest } = parseReference(text);
            const [suffix, pin] = [tag === undefined ? "" : `:${tag}`, digest === undefined ? "" : `@${digest}`];
            expect(`${host}/${repository}${suffix}${pin}`).toBe(text);
          } catch (error) {
            expect(error).toBeInstanceOf(OciError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
