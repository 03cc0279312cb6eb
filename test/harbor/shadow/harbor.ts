import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HarborConnection } from "../../../components/harbor/connection";
import { Repository } from "../../../components/oci/repository";
import { NOTARY_SIGNATURE_ARTIFACT_TYPE } from "../../../components/oci/signatureManifest";
import type { GatedRegistry } from "../../support/gatedRegistry";
import { type Answer, type Asked, type Fake, knownUser, startFake } from "../api/fake";

/** An artifact as Harbor lists it. */
interface Listed {
  repository: string;
  digest: string;
  tags: string[];
  mediaType: string;
  references: string[];
  labels: Set<number>;
}

/** What has no tag and belongs to an index is not listed. */
const isListed = (artifact: Listed, all: readonly Listed[]) =>
  artifact.tags.length > 0 || !all.some(({ references }) => references.includes(artifact.digest));

/**
 * The part of a Harbor that a shadow check talks to, over a real registry: its project's repositories, artifacts and labels. Which
 * artifacts there are, the test says; what is attached to them, the registry behind the gate does. Harbor's labels were not
 * recorded: they follow its swagger.yaml.
 */
export class ShadowHarbor {
  readonly project = { id: 2, name: "notation-project" };
  readonly artifacts: Listed[] = [];
  readonly labels = new Map<number, { name: string; color: string; description: string }>();
  projectExists = true;
  connection: HarborConnection | undefined;
  readonly #registry: GatedRegistry;
  readonly #accessories = new Map<string, string[]>();
  #fake: Fake | undefined;
  #lastId = 0;

  constructor(registry: GatedRegistry) {
    this.#registry = registry;
  }

  async start(directory: string): Promise<HarborConnection> {
    this.#fake = await startFake((asked) => knownUser(asked) ?? this.#answer(asked));
    const { url, ca } = this.#fake.login;
    const caFile = join(directory, "harbor-ca.crt");
    await writeFile(caFile, ca);
    return { url, caFile, username: "admin", passwordKey: "adminPassword" };
  }

  async stop(): Promise<void> {
    await this.#fake?.stop();
  }

  /** What changed something since the last call. */
  mutations(): string[] {
    const asked = this.#fake?.asked.splice(0) ?? [];
    return asked.filter((request) => !request.startsWith("GET")).map((request) => request.replace("/api/v2.0", ""));
  }

  add(repository: string, digest: string, more: Partial<Listed> = {}): Listed {
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const artifact = {
      repository,
      digest,
      tags: ["v1"],
      mediaType,
      references: [],
      labels: new Set<number>(),
      ...more,
    };
    this.artifacts.push(artifact);
    return artifact;
  }

  remove(digest: string): void {
    this.artifacts.splice(
      this.artifacts.findIndex((artifact) => artifact.digest === digest),
      1,
    );
  }

  /** Has Harbor see what is attached to its artifacts now, as it does when something is pushed. */
  async index(): Promise<void> {
    const connection = { ...this.#registry.behind, dockerConfig: "" };
    for (const { repository, digest } of this.artifacts) {
      const place = new Repository({ connection, repository: `${this.project.name}/${repository}` });
      const signatures = await place.referrers(digest, NOTARY_SIGNATURE_ARTIFACT_TYPE);
      this.#accessories.set(
        digest,
        signatures.map((signature) => signature.digest),
      );
    }
  }

  /** Names of the labels on an artifact. */
  labelsOf(digest: string): (string | undefined)[] {
    const artifact = this.artifacts.find((candidate) => candidate.digest === digest);
    return [...(artifact?.labels ?? [])].map((id) => this.labels.get(id)?.name);
  }

  #answer({ method, path, body }: Asked): Answer {
    const [place = "", search] = path.replace("/api/v2.0/", "").split("?", 2);
    const parts = place.split("/").map((part) => decodeURIComponent(decodeURIComponent(part)));
    const [first, , third, repository, , digest, , label] = parts;
    if (first === "labels")
      return this.#labels(method, Number(parts[1]), new URLSearchParams(search), body as Labelled);
    if (first !== "projects" || !this.projectExists) return failed(404, "NOT_FOUND");
    if (third === undefined) {
      const { id, name } = this.project;
      const project = { project_id: id, name, metadata: {}, repo_count: this.artifacts.length };
      return { body: parts.length === 1 ? [project] : project };
    }
    if (repository === undefined) {
      const names = new Set(this.artifacts.map((artifact) => `${this.project.name}/${artifact.repository}`));
      return { body: [...names].map((name) => ({ name })) };
    }
    if (digest === undefined) {
      const all = this.artifacts.filter((each) => each.repository === repository);
      return { body: all.filter((each) => isListed(each, all)).map((each) => this.#shown(each)) };
    }
    const artifact = this.artifacts.find((each) => each.repository === repository && each.digest === digest);
    if (artifact === undefined) return failed(404, "NOT_FOUND");
    if (method === "GET") return { body: this.#shown(artifact) };
    if (method === "DELETE") return artifact.labels.delete(Number(label)) ? {} : failed(404, "NOT_FOUND");
    const { id = 0 } = body as Labelled;
    if (artifact.labels.has(id)) return failed(409, "CONFLICT");
    if (!this.labels.has(id)) return failed(404, "NOT_FOUND");
    artifact.labels.add(id);
    return {};
  }

  #labels(method: string, id: number, query: URLSearchParams, body: Labelled): Answer {
    const { name = "", color = "", description = "" } = body ?? {};
    if (method === "GET") {
      // Fuzzy, as Harbor's is.
      const found = [...this.labels].filter(([, label]) => label.name.includes(query.get("name") ?? ""));
      return { body: found.map(([id, label]) => ({ id, ...label, scope: "p", project_id: this.project.id })) };
    }
    if (method === "POST") {
      if ([...this.labels.values()].some((label) => label.name === name)) return failed(409, "CONFLICT");
      this.labels.set(++this.#lastId, { name, color, description });
      return { status: 201, headers: { location: `/api/v2.0/labels/${this.#lastId}` } };
    }
    if (!this.labels.has(id)) return failed(404, "NOT_FOUND");
    if (method === "PUT") {
      this.labels.set(id, { name, color, description });
      return {};
    }
    this.labels.delete(id);
    for (const { labels } of this.artifacts) labels.delete(id);
    return {};
  }

  #shown({ digest, tags, mediaType, references, labels }: Listed): object {
    return {
      digest,
      manifest_media_type: mediaType,
      tags: tags.length === 0 ? null : tags.map((name) => ({ name })),
      references: references.length === 0 ? null : references.map((child_digest) => ({ child_digest })),
      accessories: (this.#accessories.get(digest) ?? []).map((accessory) => ({
        digest: accessory,
        type: "signature.notation",
      })),
      labels: labels.size === 0 ? null : [...labels].map((id) => ({ id, ...this.labels.get(id) })),
    };
  }
}

interface Labelled {
  id?: number;
  name?: string;
  color?: string;
  description?: string;
}

function failed(status: number, code: string): Answer {
  return { status, body: { errors: [{ code, message: "of the stand-in" }] } };
}
