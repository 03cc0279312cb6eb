import Ajv from "ajv/dist/2020";
import { describe, expect, it } from "vitest";
import { asReport } from "../../../components/review/forecast/asReport";
import type { Forecast } from "../../../components/review/forecast/forecastReport";
import { renderForecast } from "../../../components/review/forecast/renderForecast";
import { MapImages } from "../../../components/review/map/mapImages";
import { headlineOf } from "../../../components/review/report/headline";
import type { ForecastEvent } from "../../../components/review/report/report";
import { reportSchema } from "../../../components/review/report/reportSchema";
import { chainOf, trusting } from "./support";

const event = (more: Partial<ForecastEvent> = {}): ForecastEvent => ({
  instant: "2027-01-31T12:00:00.001Z",
  reference: "registry.example/app@sha256:aa",
  tags: ["v1"],
  stack: "production",
  cause: "leaf",
  validation: "authenticTimestamp",
  code: "CERTIFICATE_EXPIRED",
  unlessRenewed: false,
  sentence: "the signing certificate CN=signer expires: sign again",
  ...more,
});
const forecastOf = (more: Partial<Forecast> = {}): Forecast => ({
  version: 1,
  trust: { name: "the working folder" },
  at: "2027-01-01T12:00:00.000Z",
  until: "2027-12-31T23:59:59.999Z",
  made: "2027-01-01T12:00:00.000Z",
  partial: false,
  problems: [],
  inventories: [],
  events: [],
  failing: [],
  counts: { lasting: 1, refused: 0, failing: 0, skipped: 0 },
  unknown: [],
  validity: [],
  ...more,
});

describe("A forecast in Markdown", () => {
  it("puts together what ends for many images at once, and says how many", () => {
    const crl = event({
      instant: "2027-01-08T12:00:00.001Z",
      cause: "crl",
      code: "REVOCATION_UNKNOWN",
      unlessRenewed: true,
      sentence: "the CRL ends",
    });
    const leaves = Array.from({ length: 1_000 }, (_, at) => event({ reference: `registry.example/app@sha256:${at}` }));
    const text = renderForecast(forecastOf({ events: [crl, ...leaves] }));
    expect(text).toContain(
      "**First to fail in 30 days, on 2027-01-31 12:00 UTC: 1,000 images, by its signing certificate.**",
    );
    expect(text).toContain("Before that in 7 days");
    expect(text).toContain("and 997 more images");
    expect(text.split("\n").length).toBeLessThan(30);
  });

  it("says that nothing fails, or that not everything could be asked", () => {
    expect(renderForecast(forecastOf())).toContain("Nothing that is good at the beginning fails until then");
    const unknown = [
      { reference: "registry.example/x", inventory: "state", code: "REGISTRY_UNREACHABLE", why: "down" },
    ];
    const partial = renderForecast(forecastOf({ partial: true, unknown }));
    expect(partial).toContain("Not everything could be asked");
    expect(partial).toContain("REGISTRY_UNREACHABLE");
  });

  it("makes no markup of what others wrote", () => {
    const evil = "</code><img src=x onerror=alert(1)>\n# heading\n@everyone `a` [x](javascript:alert(1))";
    const failing = { ...event(), reference: evil, tags: [evil], why: evil, ended: true };
    const text = renderForecast(forecastOf({ events: [event({ sentence: evil, tags: [evil] })], failing: [failing] }));
    const outside = text.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, "");
    expect(outside).not.toMatch(/<|@everyone|javascript/);
    expect(text).not.toMatch(/^# heading/m);
  });
});

describe("A forecast's page", () => {
  it("is a review of a state with itself, with the events for its timeline and the spans of all certificates", async () => {
    const chain = await chainOf();
    const validity = [
      {
        what: "tls",
        label: "registry",
        stack: "",
        notBefore: null,
        notAfter: "2027-01-01T00:00:00.000Z",
        change: "same",
      },
    ] as const;
    const report = asReport(forecastOf({ events: [event()], validity }), trusting([chain.root]), new MapImages());
    expect(report.forecast).toEqual([event()]);
    expect(report.validity.map(({ what }) => what).sort()).toEqual(["anchor", "tls"]);
    expect(report).toMatchObject({ semantic: [], flips: [], partial: false, unchanged: { verified: 1 } });
    const isValid = new Ajv({ strict: true, allErrors: true }).compile(reportSchema);
    expect(isValid(JSON.parse(JSON.stringify(report))), JSON.stringify(isValid.errors)).toBe(true);
    expect(headlineOf(report)).toMatchObject({ outcome: "changes", title: expect.stringContaining("2027-01-31") });
    const lasting = asReport(forecastOf(), trusting([chain.root]), new MapImages());
    expect(headlineOf(lasting)).toMatchObject({ outcome: "unchanged" });
  });
});
