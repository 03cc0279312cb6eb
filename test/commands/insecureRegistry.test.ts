import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Repository } from "../../components/oci/repository";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import type { Forecast } from "../../components/review/forecast/forecastReport";
import type { Report } from "../../components/review/report/report";
import { forecast } from "../../scripts/commands/forecast";
import { review } from "../../scripts/commands/review";
import { connectionOf } from "../image/support";
import { pushTestImage } from "../oci/packed";
import { type Chain, chainOf, signBy } from "../review/forecast/support";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { Workspace } from "./support";
import { capturedStreams } from "./written";

// A registry without TLS and with a login, and one with TLS beside it.

const written = capturedStreams();

let plain: TestRegistry;
let secure: TestRegistry;
let workspace: Workspace;
let chain: Chain;
let asked: string[];
beforeAll(async () => {
  [plain, secure, workspace, chain] = await Promise.all([
    startDistribution({ plainHttp: true }),
    startOlareg(),
    Workspace.make(),
    chainOf(),
  ]);
  await Promise.all([pushSigned(plain, true), pushSigned(secure, false)]);
  await workspace.config("trust", { trusted: { certificate: chain.root.pem }, scope: "*" });
  const inventories = [plain, secure].flatMap(({ host }) => ["--inventory", `file:${workspace.directory}/${host}`]);
  const reached = ["--ca-file", secure.caFile, "--docker-config", plain.dockerConfigDirectory];
  asked = ["--base", `${workspace.directory}/trust`, ...inventories, ...reached, "--format", "json"];
});
afterAll(() => Promise.all([plain.stop(), secure.stop(), workspace.remove()]));

async function pushSigned(registry: TestRegistry, plainHttp: boolean): Promise<void> {
  const repository = new Repository({ connection: { ...connectionOf(registry), plainHttp }, repository: "team/app" });
  const image = await pushTestImage(repository, "signed");
  await signBy(new OciSignatureRepository(repository), image, chain);
  await workspace.write(registry.host, `${registry.host}/team/app@${image.digest}\n`);
}

const commands = {
  review: () => [...asked, "--head", `${workspace.directory}/trust`],
  forecast: () => [...asked, "--until", "+60d"],
};

describe("A registry without TLS", () => {
  it.each([
    ["review", review, commands.review, 2],
    // The image of the other registry fails in that time, which goes before what can't be told.
    ["forecast", forecast, commands.forecast, 1],
  ] as const)("is not asked by %s, which says what would make it", async (_, command, args, outcome) => {
    expect(await command(args())).toBe(outcome);
    const { unknown, partial } = JSON.parse(written.stdout) as Report | Forecast;
    expect(partial).toBe(true);
    expect(unknown[0]).toMatchObject({
      code: "REGISTRY_TLS_UNTRUSTED",
      why: expect.stringContaining("--insecure-registry"),
    });
    expect(new Set(unknown.map(({ reference }) => reference.split("/")[0]))).toEqual(new Set([plain.host]));
  });

  it("is asked by a review that names it, with its login; others by TLS", async () => {
    expect(await review([...commands.review(), "--insecure-registry", plain.host]), written.stderr).toBe(0);
    const { unknown, unchanged } = JSON.parse(written.stdout) as Report;
    expect({ unknown, unchanged }).toEqual({ unknown: [], unchanged: { verified: 2, failed: 0, skipped: 0 } });
  });

  it("is asked by a forecast that names it, which finds no certificate of TLS there", async () => {
    expect(await forecast([...commands.forecast(), "--insecure-registry", plain.host]), written.stderr).toBe(1);
    const { unknown, events } = JSON.parse(written.stdout) as Forecast;
    expect(unknown).toEqual([]);
    expect(events.map(({ cause, reference }) => `${cause} ${reference.split("/")[0]}`).sort()).toEqual(
      [`leaf ${plain.host}`, `leaf ${secure.host}`, `tls ${secure.host}`].sort(),
    );
  });
});
