import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Repository } from "../../components/oci/repository";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import type { Forecast } from "../../components/review/forecast/forecastReport";
import { CommandError } from "../../scripts/commands/error";
import { forecast } from "../../scripts/commands/forecast";
import { FORECAST_HELP, readForecastOptions } from "../../scripts/commands/forecast/options";
import { connectionOf } from "../image/support";
import { expectCode } from "../notary/expectCode";
import { pushTestImage } from "../oci/packed";
import { type Chain, chainOf, signBy } from "../review/forecast/support";
import { describedBy } from "../review/report/schemas";
import { startDistribution, type TestRegistry } from "../support/registries";
import { reaching, Workspace } from "./support";
import { capturedStreams } from "./written";

// The command against a real registry with signed images.

const written = capturedStreams();

let directory: string;
let registry: TestRegistry;
let workspace: Workspace;
let chain: Chain;
let trust: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-forecast-command-"));
  [registry, workspace, chain] = await Promise.all([startDistribution(), Workspace.make(), chainOf()]);
  const repository = new Repository({ connection: connectionOf(registry), repository: "team/app" });
  const image = await pushTestImage(repository, "signed");
  await repository.pushManifest((await repository.fetchManifest(image.digest)).bytes, image.mediaType, "v1");
  await signBy(new OciSignatureRepository(repository), image, chain);
  await workspace.config("trust", { trusted: { certificate: chain.root.pem }, scope: "*" });
  trust = join(workspace.directory, "trust");
});
afterAll(async () => {
  await Promise.all([registry.stop(), workspace.remove(), rm(directory, { recursive: true, force: true })]);
});

const args = (...more: string[]) => [
  "--base",
  trust,
  "--inventory",
  `registry:${registry.host}`,
  ...reaching(registry),
  ...more,
];

describe("npm run forecast", () => {
  it("tells in words what fails first, the image with its tag and the registry's TLS, and exits with 1", async () => {
    expect(await forecast(args("--until", "+90d")), written.stderr).toBe(1);
    expect(written.stdout).toContain("First to fail in 29 days");
    expect(written.stdout).toContain("the signing certificate CN=signer");
    expect(written.stdout).toContain("`v1`");
    expect(written.stdout).toContain("unless that is renewed");
    expect(written.stderr).toContain("Judged 1 image: 1 good now and failing by then, 0 unknown");
  });

  it("gives JSON, on standard output alone or as files", async () => {
    expect(await forecast(args("--until", "+90d", "--json"))).toBe(1);
    const found = JSON.parse(written.stdout) as Forecast;
    const { events, counts, partial } = found;
    expect(events.map(({ cause }) => cause)).toEqual(["tls", "leaf"]);
    expect({ counts, partial }).toEqual({
      counts: { lasting: 0, refused: 1, failing: 0, skipped: 0 },
      partial: false,
    });
    written.stdout = "";
    expect(await forecast(["--schema"])).toBe(0);
    describedBy(JSON.parse(written.stdout) as object)(found);
    const [file, page] = [join(directory, "forecast.json"), join(directory, "forecast.html")];
    expect(await forecast(args("--until", "+90d", "--output", file, "--output", page))).toBe(1);
    expect((JSON.parse(await readFile(file, "utf8")) as Forecast).events).toHaveLength(2);
    expect(await readFile(page, "utf8")).toContain('"cause":"leaf"');
  });

  it("is no failure for what is renewed as a rule, unless that is asked for", async () => {
    // The registry's certificate ends before the signer's.
    const until = new Date(Date.now() + 25 * 86_400_000).toISOString();
    expect(await forecast(args("--until", until, "--json"))).toBe(0);
    const { events } = JSON.parse(written.stdout) as Forecast;
    expect(events.map(({ cause, unlessRenewed }) => [cause, unlessRenewed])).toEqual([["tls", true]]);
    expect(await forecast(args("--until", until, "--fail-on", "any"))).toBe(1);
  });

  it("exits with 0 where nothing fails until then, and with 2 where it can't tell", async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    expect(await forecast(args("--until", soon)), written.stderr).toBe(0);
    expect(written.stdout).toContain("Nothing that is good at the beginning fails");
    const missing = await workspace.write("images", `${registry.host}/team/app:missing\n`);
    expect(await forecast(args("--until", soon, "--inventory", `file:${missing}`))).toBe(2);
    expect(written.stdout).toContain("IMAGE_ABSENT");
    const none = await workspace.write("none", "# no image\n");
    const [, , , , ...reached] = args();
    expect(await forecast(["--base", trust, "--inventory", `file:${none}`, ...reached, "--until", soon])).toBe(2);
    expect(written.stdout).toContain("names no image at all");
    // A stack that is not there trusts nobody: nothing would ever fail.
    expect(await forecast(args("--until", soon, "--stack", "prodution"))).toBe(2);
    expect(written.stderr).toContain("STACK_UNKNOWN");
    expect(await forecast(args())).toBe(2);
    expect(written.stderr).toContain("USAGE");
  });

  it("shows its help, with every option and exit code", async () => {
    expect(await forecast(["--help"])).toBe(0);
    const options = [
      "until",
      "fail-on",
      "repository",
      "at",
      "base",
      "stack",
      "inventory",
      "format",
      "json",
      "output",
      "docker-config",
      "ca-file",
      "insecure-registry",
      "schema",
    ];
    for (const option of [...options, "offline"]) expect(written.stdout).toContain(`--${option}`);
    expect(written.stdout).toMatch(/Exit codes: 0 .*1 .*\n?.*2 /);
    expect(Math.max(...FORECAST_HELP.split("\n").map((line) => line.length))).toBeLessThanOrEqual(125);
  });
});

describe("its options", () => {
  const now = new Date("2026-12-01T10:00:00.000Z");
  const read = (...given: string[]) => {
    const options = readForecastOptions(given, now);
    if (typeof options === "string") throw new Error("help was not asked for");
    return options;
  };

  it("take a day to its end, a time, and days from the beginning", () => {
    expect(read("--until", "2027-01-31").until.toISOString()).toBe("2027-01-31T23:59:59.999Z");
    expect(read("--until", "2027-01-31T12:00:00Z").until.toISOString()).toBe("2027-01-31T12:00:00.000Z");
    expect(read("--until", "+30d").until.toISOString()).toBe("2026-12-31T10:00:00.000Z");
    expect(read("--until", "+1d", "--at", "2027-06-01").until.toISOString()).toBe("2027-06-02T00:00:00.000Z");
    expect(read("--until", "+1d")).toMatchObject({ at: now, inventories: ["state"], base: undefined });
    expect(read("--until", "+1d", "--json").outputs).toEqual([{ format: "json" }]);
  });

  it.each([
    ["no --until", []],
    ["a time that is none", ["--until", "2027-13-01"]],
    ["a time that is over", ["--until", "2026-11-01"]],
    ["no days", ["--until", "+0d"]],
    ["two formats", ["--until", "+1d", "--json", "--format", "html"]],
    ["another alarm", ["--until", "+1d", "--fail-on", "all"]],
    ["a registry that is no host", ["--until", "+1d", "--insecure-registry", "http://127.0.0.1:5000"]],
    ["an unknown option", ["--until", "+1d", "--head", "x"]],
  ])("refuse %s", async (_, given) => {
    await expectCode(() => readForecastOptions(given, now), CommandError, "USAGE");
  });
});
