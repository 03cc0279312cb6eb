import { trustMap } from "../map/map";
import type { MapImages } from "../map/mapImages";
import { validitiesOf } from "../map/validity";
import type { Report } from "../report/report";
import type { TrustState } from "../state/state";
import type { Forecast } from "./forecastReport";

/** A forecast as a review of a state with itself: what the page shows, with the events in its timeline. */
export function asReport(forecast: Forecast, trust: TrustState, images: MapImages): Report {
  const { at, made, partial, problems, inventories, counts, unknown, validity, events } = forecast;
  return {
    version: 1,
    base: forecast.trust,
    head: forecast.trust,
    ...{ at, made, partial, problems, inventories },
    semantic: [],
    flips: [],
    unchanged: {
      verified: counts.lasting + counts.refused,
      failed: counts.failing,
      skipped: counts.skipped,
    },
    unknown,
    enforcers: [],
    rules: [],
    exceptions: [],
    map: trustMap(trust, trust, images.all(), images.leftOut),
    validity: validitiesOf(trust, trust, validity),
    forecast: events,
  };
}
