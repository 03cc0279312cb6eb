import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { component, orRefused, requireThat } from "./component.mjs";

const { parseStrictJson } = component("notary/json/strictJson");
const { RegistryClient } = component("oci/client");
const { Transport } = component("oci/transport");
const { readDescriptor } = component("oci/descriptor");
const { parseJsonObject } = component("oci/json");
const { referrerDescriptor } = component("oci/referrerDescriptor");
const { listByApi } = component("oci/referrersApi");
const { readReferrersTag } = component("oci/referrersTag");
const { readRegistryErrors } = component("oci/responseErrors");
const { readOwnSignatureManifest } = component("oci/signatureManifest");
const { parseChallenges } = component("oci/challenge");
const { parseReference } = component("oci/reference");
const { nextLink } = component("oci/link");
const { mergeScopes } = component("oci/scope");
const { readToken } = component("oci/token");
const { readHelperAnswer } = component("oci/credentialHelper");
const { readCredentials } = component("oci/credentials");
const { Layout } = component("oci/layout");
const { layoutReferrers } = component("oci/layoutReferrers");
const { ERROR_BODY_LIMIT, MANIFEST_LIMIT, TOKEN_LIMIT } = component("oci/limits");
const { readNotationConfig } = component("notation/config");
const { readSigningKeys } = component("notation/signingKeys");

const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DIGEST = `sha256:${"a".repeat(64)}`;
const DESCRIPTOR = { mediaType: IMAGE_MANIFEST, digest: DIGEST, size: 1 };
const HOST = "registry.test";
const BASE = new URL(`https://${HOST}/v2/a/referrers/${DIGEST}`);

/** A client whose registry answers every request so. @param {Buffer} body */
function clientOf(body) {
  const headers = new Map([["content-type", "application/vnd.oci.image.index.v1+json"]]);
  const header = (/** @type {string} */ name) => headers.get(name);
  const transport = new Transport(new URL(`https://${HOST}/`));
  transport.send = async () => ({ status: 200, header, body, url: BASE, elapsedMs: 1 });
  return new RegistryClient(HOST, transport, { authorization: async () => undefined });
}

/** Puts the input where another tool has its file. @param {string} folder @param {string} name @param {Buffer} input */
function file(folder, name, input) {
  writeFileSync(join(folder, name), input);
  return folder;
}

/** @type {Record<string, import("./targets.mjs").Target>} */
export const registryTargets = {
  "oci-signature-manifest": { syntax: "json", run: (input) => readOwnSignatureManifest(input, DIGEST) },
  "referrer-descriptor": { syntax: "json", run: (input) => referrerDescriptor(input, DESCRIPTOR) },
  "oci-json": { syntax: "json", run: (input) => parseJsonObject(input, "an index", "REFERRERS_INVALID") },
  descriptor: { syntax: "json", run: (input) => readDescriptor(parseStrictJson(input), "a list") },
  "referrers-page": { syntax: "json", limit: MANIFEST_LIMIT, run: (input) => listByApi(clientOf(input), "a", DIGEST) },
  "referrers-tag": {
    syntax: "json",
    limit: MANIFEST_LIMIT,
    run: (input) => readReferrersTag(clientOf(input), "a", DIGEST),
  },
  "registry-errors": {
    syntax: "json",
    limit: ERROR_BODY_LIMIT,
    run: (input) => {
      const texts = readRegistryErrors(input).flatMap(Object.values);
      requireThat(
        texts.every((text) => /^[ -~]{0,300}$/.test(text)) && texts.length <= 10,
        "an error is not shortened",
      );
    },
  },
  "layout-index": {
    syntax: "json",
    run: (input, _, scratch) => {
      file(scratch, "oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
      return layoutReferrers(new Layout(file(scratch, "index.json", input)), DESCRIPTOR);
    },
  },
  token: { syntax: "json", limit: TOKEN_LIMIT, run: (input) => readToken({ body: input }, HOST) },
  link: {
    syntax: "text",
    run: (input) => {
      const next = nextLink(input.toString("latin1"));
      if (next !== undefined) clientOf(input).locate(next, BASE);
    },
  },
  scopes: {
    syntax: "text",
    run: (input) => {
      const scopes = mergeScopes({ repository: "a", actions: "pull" }, input.toString("latin1"));
      requireThat(scopes.length >= 1 && scopes.length <= 11, "too many scopes, or none");
    },
  },
  reference: { syntax: "text", run: (input) => parseReference(input.toString()) },
  challenge: { syntax: "text", run: (input) => orRefused(parseChallenges(input.toString())[0]) },
  "credential-helper": { syntax: "json", run: (input) => readHelperAnswer(input.toString(), "a test") },
  "docker-config": {
    syntax: "json",
    run: (input, _, scratch) => readCredentials(HOST, file(scratch, "config.json", input)),
  },
  "notation-config": {
    syntax: "json",
    run: (input, _, scratch) => readNotationConfig(file(scratch, "config.json", input)),
  },
  "notation-signing-keys": {
    syntax: "json",
    run: (input, _, scratch) => readSigningKeys(file(scratch, "signingkeys.json", input)),
  },
};
