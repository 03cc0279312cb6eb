import type { Corpus } from "./corpus";
import { ARTIFACT, json, text } from "./inputs";

// What registries, token servers and login programs answer, and the files of other tools.

const INDEX = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json" };
const DESCRIPTOR = { ...ARTIFACT, artifactType: "a/b", platform: { os: "linux", architecture: "a" } };
const login = (auth: string) => Buffer.from(auth).toString("base64");
const corpus = (valid: Buffer[]) => async (): Promise<Corpus> => ({ valid });

export const REGISTRY: Record<string, () => Promise<Corpus>> = {
  descriptor: corpus(json(ARTIFACT, DESCRIPTOR)),
  "referrers-page": corpus(
    json({ ...INDEX, manifests: [ARTIFACT, DESCRIPTOR] }, { ...INDEX, manifests: [] }, { ...INDEX, manifests: null }),
  ),
  "referrers-tag": corpus(json({ ...INDEX, manifests: [ARTIFACT, DESCRIPTOR], annotations: { a: "b" } })),
  "registry-errors": corpus(
    json({ errors: [{ code: "MANIFEST_UNKNOWN", message: "é\u001b[31m", detail: { a: [1] } }, { code: 1 }] }, {}),
  ),
  "layout-index": corpus(json({ ...INDEX, manifests: [ARTIFACT, DESCRIPTOR] }, { schemaVersion: 2, manifests: [] })),
  token: corpus(
    json({ token: "abc.def", expires_in: 300, issued_at: "2026-06-01T12:00:00Z" }, { access_token: "abc", token: "" }),
  ),
  link: corpus(
    text(
      '</v2/a/referrers/x?n=1&last=b>; rel="next"',
      '<https://registry.test/a>; title="x; y", <b>;rel=prev next',
      '<a>; rel="last"',
    ),
  ),
  scopes: corpus(text("repository:a:pull repository:b/c:pull,push", "registry:catalog:*", "repository(plugin):a:pull")),
  reference: corpus(text(`registry.test:5000/a/b-c_d.e:v1@sha256:${"a".repeat(64)}`, "[::1]:5000/a", "127.0.0.1/a:x")),
  challenge: corpus(text('Bearer realm="https://a.test/t",service="s",scope="repository:a:pull", Basic realm="\\"b"')),
  "credential-helper": corpus(
    json(
      { ServerURL: "registry.test", Username: "a", Secret: "b" },
      { Username: "<token>", Secret: "b" },
      { Username: "", Secret: "" },
    ),
  ),
  "docker-config": corpus(
    json(
      { auths: { "https://registry.test/v1/": { auth: login("user:password") } } },
      { auths: { "registry.test": { identitytoken: "abc" } }, credHelpers: { "other.test": "ecr-login" } },
      { auths: { "registry.test": { registrytoken: "abc" } } },
      { auths: { "registry.test": { username: "a", password: "b" } } },
      { credHelpers: { "registry.test": "ecr-login" }, credsStore: "pass" },
    ),
  ),
  "notation-config": corpus(
    json(
      { signatureFormat: "COSE", insecureRegistries: ["registry.test:5000"], auths: { a: {} }, credsStore: "pass" },
      { insecureRegistries: null },
    ),
  ),
  "notation-signing-keys": corpus(
    json({
      default: "a",
      keys: [
        { name: "a", keyPath: "/k.key", certPath: "/k.crt" },
        { name: "b", id: "1", pluginName: "p", pluginConfig: { a: "b" } },
      ],
    }),
  ),
};
