import { symlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { givenState, PASSPHRASE_FILE, STATE_DIRECTORY } from "../../scripts/commands/givenState";
import { projectRoot } from "../support/tools";

const state = path.join(projectRoot, STATE_DIRECTORY);
const passphrase = path.join(projectRoot, PASSPHRASE_FILE);

let folder: string;
beforeAll(async () => {
  await mkdir(state, { recursive: true, mode: 0o700 });
  folder = await mkdtemp(path.join(tmpdir(), "breakwater-"));
  symlinkSync(projectRoot, path.join(folder, "a link"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("what a person has set for the engine", () => {
  it.each([
    ["the URL of `npm run env`", () => `${pathToFileURL(state).href}?metadata=skip`],
    ["without its query", () => pathToFileURL(state).href],
    ["with a slash", () => `${pathToFileURL(state).href}/`],
    ["relative to the project", () => `file://./${STATE_DIRECTORY}`],
    ["relative to the home", () => `file://~/${path.relative(homedir(), state)}`],
    ["through a link", () => pathToFileURL(path.join(folder, "a link", STATE_DIRECTORY)).href],
  ])("is nothing when it is our own state: %s", (_, url) => {
    expect(givenState({ PULUMI_BACKEND_URL: url() })).toEqual({});
  });

  it("is nothing when it is our own passphrase's file", () => {
    expect(givenState({ PULUMI_CONFIG_PASSPHRASE_FILE: passphrase })).toEqual({});
    expect(givenState({ PULUMI_CONFIG_PASSPHRASE_FILE: PASSPHRASE_FILE })).toEqual({});
  });

  it.each([
    ["PULUMI_BACKEND_URL", "s3://states"],
    ["PULUMI_BACKEND_URL", `${pathToFileURL(state).href}-of-others`],
    ["PULUMI_BACKEND_URL", "file://~"],
    ["PULUMI_BACKEND_URL", "file:///%"],
    ["PULUMI_CONFIG_PASSPHRASE_FILE", `${passphrase}-of-others`],
    ["PULUMI_CONFIG_PASSPHRASE", passphrase],
    ["PULUMI_ACCESS_TOKEN", "a token"],
  ])("is theirs: %s=%s", (name, value) => {
    expect(givenState({ [name]: value })).toEqual({ [name]: value });
  });

  it("is nothing that is empty, and nothing of another's", () => {
    expect(givenState({ PULUMI_CONFIG_PASSPHRASE: "", PULUMI_HOME: "/x" })).toEqual({});
  });
});
