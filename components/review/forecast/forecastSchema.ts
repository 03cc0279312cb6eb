import { forecastEvent, inventory, TAGS, unknown, validation, validity } from "../report/schemaImages";
import { flag, listOf, number, orNull, record, type Schema, text, time } from "../report/schemaParts";
import { problem, side } from "../report/schemaTrust";

const failing = record({
  reference: [text, "host/repository@digest; of a registry whose TLS certificate has expired its host"],
  tags: TAGS,
  stack: [orNull(text), "whose trust judges it; null where no stack's trust says anything of it"],
  validation: [orNull(validation), "the validation that fails; null where it is none of the Notary Project's"],
  code: [text, "stable code of the reason"],
  why: [text, "the reason in words"],
  ended: [flag, "something that was good once has ended: an unsigned image has not"],
});
const counts = record({
  lasting: [number, "verified from the beginning to the end"],
  refused: [number, "verified at the beginning and refused later, whoever may renew what ends"],
  failing: [number, "refused at the beginning already"],
  skipped: [number, "let through unverified at any time"],
});

/** JSON Schema 2020-12 of a forecast, version 1. Fields may be added to it; none is taken away or means another thing. */
export const forecastSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Breakwater trust forecast",
  description: "Which signed images fail first, when and why, if nobody does anything.",
  ...record({
    version: [{ const: 1 }, "the version of this form"],
    trust: [side, "the state of trust that judges"],
    at: [time, "where the forecast begins"],
    until: [time, "how far it looks"],
    made: [time, "when the forecast was made: another time than `at` where that was asked for"],
    partial: [flag, "not everything could be read or asked: see problems and unknown"],
    problems: [listOf(problem), "what of the trust can't be read"],
    inventories: [listOf(inventory), "what each of the given inventories came to"],
    events: [listOf(forecastEvent), "what fails in between, soonest first"],
    failing: [listOf(failing), "what fails at the beginning already"],
    counts: [counts, "how many images there are of each kind; one that several stacks govern counts for each"],
    unknown: [
      listOf(unknown),
      "images and registries of which nothing can be said; an inventory that is empty or can't be read is one by its own name",
    ],
    validity: [
      listOf(validity),
      "registries' TLS certificates, and the signatures that expire until then, by when they end",
    ],
  }),
};
