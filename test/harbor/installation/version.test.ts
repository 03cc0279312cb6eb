import { describe, expect, it } from "vitest";
import {
  compareVersions,
  configurationVersion,
  requireNoDowngrade,
  requireSupported,
} from "../../../components/harbor/installation/version";
import { expectCode } from "./support";

describe("a version", () => {
  it("is compared number by number", () => {
    expect(compareVersions("2.9.0", "2.15.0")).toBeLessThan(0);
    expect(compareVersions("2.15.10", "2.15.9")).toBeGreaterThan(0);
    expect(compareVersions("2.15.2", "2.15.2")).toBe(0);
  });

  it.each(["v2.15.2", "2.15", "latest", "2.15.2-rc1", "", "2.12.4", "1.10.0"])("is refused: %j", async (version) => {
    await expectCode(() => requireSupported(version), "HARBOR_VERSION_UNSUPPORTED");
  });

  it("is never older than the one that is installed", async () => {
    expect(() => requireNoDowngrade("2.14.1", "2.15.0")).not.toThrow();
    expect(() => requireNoDowngrade("2.15.0", "2.15.0")).not.toThrow();
    await expectCode(() => requireNoDowngrade("2.15.2", "2.15.1"), "HARBOR_DOWNGRADE_REFUSED");
  });

  it("has the configuration's format of its minor release, and of the newest known one at most", () => {
    expect(configurationVersion("2.14.3")).toBe("2.14.0");
    expect(configurationVersion("2.15.2")).toBe("2.15.0");
    expect(configurationVersion("2.17.1")).toBe("2.15.0");
  });
});
