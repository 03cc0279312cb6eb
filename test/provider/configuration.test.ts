import { afterEach, describe, expect, it } from "vitest";
import { configure, configuredSecret, configureFromEngine } from "../../components/provider/configuration";
import { ConfigurationError } from "../../components/provider/error";

afterEach(() => configure(undefined));

/** The stack's config as the SDK hands it over: keys with their namespace. */
const request = (values: Record<string, string>) => ({ config: { get: (key: string) => values[key] } });

describe("A secret of the stack's config", () => {
  it("is found under the project's name", async () => {
    await configureFromEngine(request({ "breakwater:adminPassword": "word", "other:adminPassword": "wrong" }));
    expect(configuredSecret("adminPassword")).toBe("word");
  });

  it("is there as soon as configure was called: the SDK lets other calls run meanwhile", () => {
    void configureFromEngine(request({ "breakwater:adminPassword": "word" }));
    expect(configuredSecret("adminPassword")).toBe("word");
  });

  it("is the one of the last config", () => {
    configure(() => "old");
    configure(() => "new");
    expect(configuredSecret("adminPassword")).toBe("new");
  });

  it.each([
    ["without a config", undefined],
    ["that is not set", () => undefined],
    ["that is empty", () => ""],
  ])("is missing %s, by its key and the way out", (_, lookup) => {
    configure(lookup);
    const read = () => configuredSecret("adminPassword");
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(expect.objectContaining({ code: "CONFIGURATION_MISSING" }));
    expect(read).toThrow(/adminPassword.*pulumi config set --secret/);
  });
});
