import { describe, expect, it } from "vitest";
import { secondsOf } from "../../components/image/duration";
import { ImageError } from "../../components/image/error";
import { expectCode } from "../notary/expectCode";

describe("a duration", () => {
  it.each([
    ["24h", 86_400],
    ["1h30m", 5400],
    ["90m", 5400],
    ["45s", 45],
    ["1h1m1s", 3661],
  ])("%s has %d seconds", (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each(["", "24", "0s", "-1h", "1.5h", "1d", "1m1h", "1h ", "9999999999h"])("is not %j", async (text) => {
    await expectCode(() => secondsOf(text), ImageError, "DURATION_INVALID");
  });
});
