import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import {
  createImmutableRule,
  deleteImmutableRule,
  type ImmutableRule,
  type ImmutableRuleContent,
  listImmutableRules,
  sameSelectors,
  updateImmutableRule,
} from "./api/immutableRules";
import { findProject } from "./api/projects";
import type { HarborConnection } from "./connection";
import { journalOf } from "./creationJournal";
import { openHarbor } from "./open";
import { orAlreadyThere, previewTakeOver, requireTakeOver } from "./takeOver";

/** A glob with `**` and `{a,b}`: what it names, or everything else. */
export type Pattern = string | { readonly except: string };

export interface ImmutableRuleInputs {
  readonly harbor: HarborConnection;
  readonly project: string;
  readonly tags: Pattern;
  readonly repositories: Pattern;
  readonly disabled: boolean;
  /** A permission: an equal rule that is there already is taken over. */
  readonly adopt?: boolean;
  /** `check` looks at what is to be taken over: Harbor is there in a preview already. */
  readonly lookAhead?: boolean;
}

export interface ImmutableRuleOutputs {
  readonly ruleId: number;
}

/** Tags of a project that nobody can move or delete. */
export const harborImmutableRule: ResourceDefinition<ImmutableRuleInputs, ImmutableRuleOutputs> = {
  compared: ["harbor", "project", "tags", "repositories", "disabled"],
  replaceOn: ["project"],

  async check(news, olds) {
    for (const property of ["tags", "repositories"] as const) {
      if (!isUnknown(news[property]) && patternOf(news[property]) === "") {
        throw new PropertyError(property, "a pattern has at least one character; `**` is everything");
      }
    }
    if (news.lookAhead && olds.project === undefined && !isUnknown(news)) {
      await previewTakeOver(nameOf(news), async () => {
        const live = await findRule(news);
        return live === undefined ? [] : differences(news, live);
      });
    }
    return news;
  },

  async create(inputs) {
    return { id: nameOf(inputs), outputs: await makeOrTakeOver(inputs) };
  },

  async observe(state) {
    await journal(state).saved(state.ruleId);
    const rules = await listImmutableRules(openHarbor(state.harbor), state.project);
    const live = rules.find(({ id }) => id === state.ruleId);
    return { drift: live === undefined ? `${nameOf(state)} is gone` : differences(state, live).join("; ") };
  },

  async update(state, inputs) {
    const client = openHarbor(inputs.harbor);
    const rules = await listImmutableRules(client, inputs.project);
    const isSameHarbor = inputs.harbor.url === state.harbor.url;
    const live = rules.find(
      (rule) => rule.id === state.ruleId && (isSameHarbor || sameSelectors(rule, contentOf(inputs))),
    );
    if (live === undefined) return await makeOrTakeOver(inputs);
    if (differences(inputs, live).length > 0) {
      await updateImmutableRule(client, inputs.project, { id: live.id, ...contentOf(inputs) });
    }
    return { ruleId: live.id };
  },

  async delete(state) {
    const client = openHarbor(state.harbor);
    const rules = (await findProject(client, state.project)) && (await listImmutableRules(client, state.project));
    const live = rules?.find(({ id }) => id === state.ruleId);
    // In a restored database an id may be another's: what has not both is not this stack's.
    if (live !== undefined && !sameSelectors(live, contentOf(state))) {
      console.log(`The rule that has the id of ${nameOf(state)} selects something else: it is left alone.`);
    } else if (live !== undefined) await deleteImmutableRule(client, state.project, live.id);
    await journal(state).forget();
  },
};

async function makeOrTakeOver(inputs: ImmutableRuleInputs): Promise<ImmutableRuleOutputs> {
  const client = openHarbor(inputs.harbor);
  const live = await findRule(inputs);
  if (live === undefined) {
    try {
      const make = async () => ({ id: await createImmutableRule(client, inputs.project, contentOf(inputs)) });
      return { ruleId: (await journal(inputs).around({}, make)).id };
    } catch (error) {
      throw orAlreadyThere(nameOf(inputs), error);
    }
  }
  const begun = await journal(inputs).begun();
  if (begun !== undefined && (begun.id ?? live.id) === live.id) {
    await journal(inputs).write({ id: live.id });
    if (live.disabled !== inputs.disabled) {
      await updateImmutableRule(client, inputs.project, { id: live.id, ...contentOf(inputs) });
    }
  } else {
    requireTakeOver(nameOf(inputs), inputs.adopt, differences(inputs, live));
  }
  return { ruleId: live.id };
}

/** A rule has no name: it is known by what it selects. */
async function findRule(inputs: ImmutableRuleInputs): Promise<ImmutableRule | undefined> {
  const rules = await listImmutableRules(openHarbor(inputs.harbor), inputs.project);
  return rules.find((rule) => sameSelectors(rule, contentOf(inputs)));
}

function contentOf({ tags, repositories, disabled }: ImmutableRuleInputs): ImmutableRuleContent {
  const selector = (pattern: Pattern, matches: string, excludes: string) => [
    { decoration: typeof pattern === "string" ? matches : excludes, pattern: patternOf(pattern) },
  ];
  return {
    disabled,
    tags: selector(tags, "matches", "excludes"),
    repositories: selector(repositories, "repoMatches", "repoExcludes"),
  };
}

function differences(inputs: ImmutableRuleInputs, live: ImmutableRule): string[] {
  return [
    ...(sameSelectors(live, contentOf(inputs)) ? [] : ["it selects other tags or repositories than declared"]),
    ...(live.disabled === inputs.disabled ? [] : [live.disabled ? "it is switched off" : "it is switched on"]),
  ];
}

function journal(inputs: ImmutableRuleInputs) {
  return journalOf(inputs.harbor.url, "immutableRule", inputs.project, selectionOf(inputs));
}

function nameOf(inputs: ImmutableRuleInputs): string {
  return `immutable tag rule ${selectionOf(inputs)} of ${new URL(inputs.harbor.url).host}/${inputs.project}`;
}

function selectionOf({ tags, repositories }: ImmutableRuleInputs): string {
  const shown = (pattern: Pattern) => `${typeof pattern === "string" ? "" : "all but "}${patternOf(pattern)}`;
  return JSON.stringify(`${shown(repositories)}:${shown(tags)}`);
}

function patternOf(pattern: Pattern): string {
  return typeof pattern === "string" ? pattern : pattern.except;
}
