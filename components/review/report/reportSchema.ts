import { flip, forecastEvent, edge, inventory, node, unknown, validity } from "./schemaImages";
import { flag, listOf, number, record, type Schema, time } from "./schemaParts";
import { effect, exception, finding, problem, rule, side } from "./schemaTrust";

const unchanged = record({
  verified: [number, "images that verify under both"],
  failed: [number, "images that fail under both"],
  skipped: [number, "images that both let through unverified"],
});
const map = record({
  nodes: [listOf(node), "identities, trust stores, statements, repositories, images"],
  edges: [listOf(edge), "what leads from an identity to an image"],
  imagesLeftOut: [number, "how many more images there are, none of which flips: the map has no room for them"],
});

/** JSON Schema 2020-12 of a review's report, version 1. Fields may be added to it; none is taken away or means another thing. */
export const reportSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Breakwater trust review",
  description: "What a change of trust means: who may sign what from now on, and which images change their verdict.",
  ...record({
    version: [{ const: 1 }, "the version of this form"],
    base: [side, "what is in force; its rules and exceptions judge"],
    head: [side, "the change"],
    at: [time, "the one clock of all verdicts"],
    made: [time, "when the report was made: another time than `at` where that was asked for"],
    partial: [flag, "not everything could be read or asked: see problems and unknown"],
    problems: [listOf(problem), "what of the sides' trust can't be read"],
    inventories: [listOf(inventory), "what each of the given inventories came to; empty where none was given"],
    semantic: [listOf(finding), "what the change means, loudest first"],
    flips: [listOf(flip), "images that change their verdict or its enforcement, towards trust first"],
    unchanged: [unchanged, "how many images keep their verdict; one that several stacks govern counts for each"],
    unknown: [
      listOf(unknown),
      "images of which nothing can be said; an inventory that is empty or can't be read is one by its own name",
    ],
    enforcers: [listOf(effect), "what each enforcer makes of the changed statements"],
    rules: [listOf(rule), "each rule of the base, judged"],
    exceptions: [listOf(exception), "each exception of the base"],
    map: [map, "who is trusted for what, by what"],
    validity: [listOf(validity), "what the head depends on, by when it ends"],
    "forecast?": [listOf(forecastEvent), "what fails when, soonest first; of a forecast only, whose two sides are one"],
  }),
};
