import type { HarborClient } from "./client";
import { HarborApiError, isMissing } from "./error";
import type { Fields } from "./fields";
import { listAll } from "./pages";
import { nameHeader, path } from "./path";
import { createdId } from "./responses";
import { settle } from "./settle";

/** A glob with `**`, as Harbor's kind `doublestar` has it. */
export interface Selector {
  /** `matches` or `excludes` for tags, `repoMatches` or `repoExcludes` for repositories. */
  readonly decoration: string;
  readonly pattern: string;
}

/** Tags that can't be moved or deleted. */
export interface ImmutableRule {
  readonly id: number;
  readonly disabled: boolean;
  readonly tags: readonly Selector[];
  readonly repositories: readonly Selector[];
}

export type ImmutableRuleContent = Omit<ImmutableRule, "id">;

/** All rules of a project; Harbor reads no single one. A rule made without selectors has none. Throws HarborApiError. */
export async function listImmutableRules(client: HarborClient, project: string): Promise<ImmutableRule[]> {
  const request = { ...rulesRequest(project), what: `Reading the immutable tag rules of project ${project}` };
  return await listAll(client, request, readRule, ({ id }) => id);
}

/** Makes a rule. Throws HarborApiError HARBOR_CONFLICT when there is one with these selectors. */
export async function createImmutableRule(
  client: HarborClient,
  project: string,
  rule: ImmutableRuleContent,
): Promise<number> {
  const what = `Creating an immutable tag rule of project ${project}`;
  const body = bodyOf({ ...rule, disabled: false });
  const id = await settle(
    async () => createdId(await client.send({ ...rulesRequest(project), method: "POST", body, what }), what),
    async () => (await listImmutableRules(client, project)).find((made) => sameSelectors(made, rule))?.id,
  );
  return rule.disabled ? await setDisabled(client, project, { ...rule, id }) : id;
}

/**
 * Changes a rule: its selectors first, then whether it is disabled, since Harbor ignores new selectors in a request that changes
 * that. Throws HarborApiError HARBOR_NOT_FOUND, or RULE_NOT_KEPT when Harbor did not keep what it accepted.
 */
export async function updateImmutableRule(client: HarborClient, project: string, rule: ImmutableRule): Promise<void> {
  const before = await findRule(client, project, rule.id);
  if (!sameSelectors(before, rule)) await put(client, project, { ...rule, disabled: before.disabled });
  if (before.disabled !== rule.disabled) await setDisabled(client, project, rule);
  const after = await findRule(client, project, rule.id);
  if (sameSelectors(after, rule) && after.disabled === rule.disabled) return;
  throw new HarborApiError(
    "RULE_NOT_KEPT",
    `Harbor accepted immutable tag rule ${rule.id} of project ${project} and did not keep it: somebody else may have changed it; run again.`,
  );
}

/** Deletes a rule; one that is gone is no error. Throws HarborApiError. */
export async function deleteImmutableRule(client: HarborClient, project: string, id: number): Promise<void> {
  const request = { ...ruleRequest(project, id), what: `Deleting immutable tag rule ${id} of project ${project}` };
  const write = () => client.send({ ...request, method: "DELETE" }).then(() => true);
  try {
    await settle(write, async () => undefined);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** True for the same selectors; the order says nothing. */
export function sameSelectors(
  some: Pick<ImmutableRule, "tags" | "repositories">,
  others: Pick<ImmutableRule, "tags" | "repositories">,
): boolean {
  const set = (selectors: readonly Selector[]) =>
    JSON.stringify(
      [...new Set(selectors.map(({ decoration, pattern }) => JSON.stringify([decoration, pattern])))].sort(),
    );
  return set(some.tags) === set(others.tags) && set(some.repositories) === set(others.repositories);
}

async function findRule(client: HarborClient, project: string, id: number): Promise<ImmutableRule> {
  const rule = (await listImmutableRules(client, project)).find((candidate) => candidate.id === id);
  if (rule !== undefined) return rule;
  throw new HarborApiError(
    "HARBOR_NOT_FOUND",
    `Project ${project} has no immutable tag rule ${id} any more: refresh, then run again.`,
  );
}

async function setDisabled(client: HarborClient, project: string, rule: ImmutableRule): Promise<number> {
  await put(client, project, rule);
  return rule.id;
}

async function put(client: HarborClient, project: string, rule: ImmutableRule): Promise<void> {
  const what = `Changing immutable tag rule ${rule.id} of project ${project}`;
  const request = { ...ruleRequest(project, rule.id), body: { ...bodyOf(rule), id: rule.id }, what };
  const write = () => client.send({ ...request, method: "PUT" }).then(() => true);
  // The same write again does the same.
  await settle(write, async () => undefined);
}

function rulesRequest(project: string) {
  return { path: path`projects/${project}/immutabletagrules`, headers: nameHeader(project) };
}

function ruleRequest(project: string, id: number) {
  return { path: path`projects/${project}/immutabletagrules/${id}`, headers: nameHeader(project) };
}

function bodyOf({ disabled, tags, repositories }: ImmutableRuleContent) {
  const doublestar = (selectors: readonly Selector[]) =>
    selectors.map(({ decoration, pattern }) => ({ kind: "doublestar", decoration, pattern }));
  return {
    disabled,
    action: "immutable",
    template: "immutable_template",
    tag_selectors: doublestar(tags),
    scope_selectors: { repository: doublestar(repositories) },
  };
}

function readRule(fields: Fields): ImmutableRule {
  return {
    id: fields.integer("id"),
    disabled: fields.flag("disabled"),
    tags: fields.list("tag_selectors").map(readSelector),
    repositories: fields.fieldsOr("scope_selectors").list("repository").map(readSelector),
  };
}

function readSelector(fields: Fields): Selector {
  return { decoration: fields.text("decoration"), pattern: fields.text("pattern") };
}
