import { describe, expect, it } from "vitest";
import { liveCases, liveHarbor } from "./live";

// With HARBOR_URL set, the client is tested against that Harbor as well; without it this file has no such cases.

const live = liveHarbor(process.env);

describe("A real Harbor", () => {
  it("is taken from the environment: its address, the password of `admin`, its CA's file", () => {
    expect(liveHarbor({})).toBeUndefined();
    const set = { HARBOR_URL: "https://harbor.example", HARBOR_PASSWORD: "Any-Passw0rd" };
    expect(liveHarbor(set)).toEqual({ url: set.HARBOR_URL, username: "admin", password: set.HARBOR_PASSWORD });
    expect(() => liveHarbor({ HARBOR_URL: set.HARBOR_URL })).toThrow("HARBOR_PASSWORD");
    expect(() => liveHarbor({ ...set, HARBOR_CA: "/no/such/file" })).toThrow("ENOENT");
  });
});

if (live !== undefined) liveCases(live);
