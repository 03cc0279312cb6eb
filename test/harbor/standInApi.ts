import { randomBytes } from "node:crypto";
import { sameJson } from "../../components/provider/wire";

// What Harbor does with projects, quotas, robots, immutable rules and labels, as far as it was recorded; `standIn.test.ts`
// holds it against the recordings. Labels were not recorded: they follow Harbor's swagger.yaml.

export interface StoredProject {
  id: number;
  name: string;
  metadata: Record<string, string>;
  repoCount: number;
}
export interface StoredRobot {
  id: number;
  projectId: number;
  name: string;
  project: string;
  description: string;
  duration: number;
  disable: boolean;
  createdAt: number;
  permissions: { kind: string; namespace: string; access: { resource: string; action: string }[] }[];
  secret: string;
}
export interface StoredRule {
  id: number;
  project: string;
  disabled: boolean;
  tag_selectors: unknown;
  scope_selectors: unknown;
}
export interface StoredLabel {
  id: number;
  name: string;
  description: string;
  color: string;
  scope: string;
  project_id: number;
}

export interface Answer {
  status: number;
  body?: unknown;
  location?: string;
}
export interface Asked {
  method: string;
  /** Below /api/v2.0/, decoded parts. */
  parts: readonly string[];
  query: URLSearchParams;
  byName: boolean;
  body: Sent;
}
/** What clients send, taken at their word: of each thing, its members. */
export interface Sent {
  name?: string;
  description?: string;
  // of a project, a quota
  project_name?: string;
  metadata?: Record<string, unknown> | null;
  storage_limit?: number;
  hard?: { storage: number };
  // of a robot
  level?: string;
  duration?: number;
  disable?: boolean;
  permissions?: StoredRobot["permissions"];
  secret?: string;
  // of an immutable rule
  disabled?: boolean;
  tag_selectors?: unknown;
  scope_selectors?: unknown;
  // of a label
  scope?: string;
  project_id?: number;
  color?: string;
}

const METADATA =
  /^(public|enable_content_trust|enable_content_trust_cosign|prevent_vul|severity|auto_scan|auto_sbom_generation|reuse_sys_cve_allowlist)$/;
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const DAY_S = 86_400;
const TOKENS: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  409: "CONFLICT",
  412: "PRECONDITION",
  422: "UNPROCESSABLE_ENTITY",
};

/** The things of one Harbor; a test may change them as somebody else would. */
export class StandInStore {
  prefix = "robot$";
  readonly projects: StoredProject[] = [];
  readonly quotas = new Map<number, { hard: number; used: number }>();
  readonly robots: StoredRobot[] = [];
  readonly rules: StoredRule[] = [];
  readonly labels: StoredLabel[] = [];
  #lastId = 1;

  fullName({ project, name }: StoredRobot): string {
    return `${this.prefix}${project}+${name}`;
  }

  answer(asked: Asked): Answer {
    const [first, , third] = asked.parts;
    if (first === "projects" && third === "immutabletagrules") return this.#rulesOf(asked);
    if (first === "projects") return this.#projects(asked);
    if (first === "quotas") return this.#quotas(asked);
    if (first === "robots") return this.#robots(asked);
    if (first === "labels") return this.#labels(asked);
    return failed(404, `path /api/v2.0/${asked.parts.join("/")} was not found`);
  }

  #next(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #find(name: string, byName: boolean): StoredProject | undefined {
    const isId = /^\d+$/.test(name) && !byName;
    return this.projects.find((project) => (isId ? project.id === Number(name) : project.name === name));
  }

  #projects({ method, parts: [, name], body, byName }: Asked): Answer {
    if (method === "POST") return this.#createProject(body);
    const live = this.#find(name ?? "", byName);
    if (live === undefined) return failed(404, `project ${name} not found`);
    if (method === "GET") {
      return {
        status: 200,
        body: {
          project_id: live.id,
          name: live.name,
          metadata: live.metadata,
          owner_name: "admin",
          repo_count: live.repoCount,
        },
      };
    }
    if (method === "PUT") {
      const changes = Object.entries(body.metadata ?? {}).filter(([key]) => METADATA.test(key));
      if (changes.some(([, value]) => value !== null && typeof value !== "string"))
        return failed(422, "cannot unmarshal");
      for (const [key, value] of changes) live.metadata[key] = String(value ?? "");
      return { status: 200 };
    }
    if (live.repoCount > 0)
      return failed(412, "precondition failed: the project contains repositories, can not be deleted");
    remove(this.projects, (project) => project === live);
    remove(this.robots, ({ projectId }) => projectId === live.id);
    remove(this.rules, ({ project }) => project === live.name);
    remove(this.labels, ({ project_id }) => project_id === live.id);
    return { status: 200 };
  }

  #createProject({ project_name: name = "", metadata, storage_limit: limit }: Asked["body"]): Answer {
    if (!NAME.test(name)) return failed(400, "project name is not in lower case or contains illegal characters");
    if (this.projects.some((project) => project.name === name)) {
      return failed(409, `The project named ${name} already exists`);
    }
    const known = Object.entries((metadata ?? {}) as Record<string, string>).filter(([key]) => METADATA.test(key));
    if (known.some(([, value]) => typeof value !== "string")) return failed(422, "cannot unmarshal");
    const id = this.#next();
    this.projects.push({ id, name, metadata: { public: "false", ...Object.fromEntries(known) }, repoCount: 0 });
    this.quotas.set(id, { hard: limit || -1, used: 0 });
    return { status: 201, location: `/api/v2.0/projects/${id}` };
  }

  #quotas({ method, parts: [, id], query, body }: Asked): Answer {
    const projectId = Number(id ?? query.get("reference_id"));
    const quota = this.quotas.get(projectId);
    if (method === "PUT") {
      if (quota === undefined) return failed(404, `quota ${id} not found`);
      const { storage = 0 } = body.hard ?? {};
      if (!(storage > 0 || storage === -1)) return failed(400, "invalid non-positive value for quota limit");
      quota.hard = storage;
      return { status: 200 };
    }
    const shown = quota && { id: projectId, hard: { storage: quota.hard }, used: { storage: quota.used } };
    return { status: 200, body: shown === undefined ? [] : [shown] };
  }

  #robots({ method, parts: [, id], query, body }: Asked): Answer {
    if (method === "POST") return this.#createRobot(body);
    if (method === "GET" && id === undefined) return this.#listRobots(query.get("q") ?? "");
    const live = this.robots.find((robot) => robot.id === Number(id));
    if (live === undefined) return failed(404, `robot ${id} not found`);
    if (method === "GET") return { status: 200, body: this.#shownRobot(live) };
    if (method === "DELETE") {
      remove(this.robots, (robot) => robot === live);
      return { status: 200 };
    }
    if (method === "PATCH") {
      const { secret = "" } = body;
      if (secret !== "" && !/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d).{8,128}$/.test(secret))
        return failed(400, "the secret must be …");
      live.secret = secret || newSecret();
      return { status: 200, body: secret === "" ? { secret: live.secret } : {} };
    }
    if (body.name !== this.fullName(live) || body.level !== "project") {
      return failed(400, "cannot update the level or name of robot");
    }
    live.description = body.description ?? "";
    live.disable = body.disable ?? false;
    live.duration = body.duration ?? 0;
    live.permissions = body.permissions ?? [];
    return { status: 200 };
  }

  #createRobot(body: Asked["body"]): Answer {
    const { name = "", description = "", duration = 0, permissions = [] } = body;
    if (!NAME.test(name)) return failed(400, "robot name is not in lower case or contains illegal characters");
    if (duration !== -1 && !(duration > 0)) {
      return failed(
        400,
        `bad request error duration input: ${duration}, duration must be either -1(Never) or a positive integer`,
      );
    }
    const [first] = permissions;
    if (first === undefined) return failed(400, "bad request empty permission");
    const { namespace } = first;
    const project = this.projects.find((candidate) => candidate.name === namespace);
    if (project === undefined) return failed(404, `project ${namespace} not found`);
    if (this.robots.some((robot) => robot.projectId === project.id && robot.name === name)) {
      return failed(409, `robot account ${project.id}:${namespace}+${name} already exists`);
    }
    const robot = {
      id: this.#next(),
      projectId: project.id,
      project: namespace,
      name,
      description,
      duration,
      disable: false,
      createdAt: Math.floor(Date.now() / 1000),
      permissions,
      secret: newSecret(),
    };
    this.robots.push(robot);
    const { id, secret } = robot;
    return {
      status: 201,
      location: `/api/v2.0/robots/${id}`,
      body: { id, name: this.fullName(robot), secret, expires_at: expiryOf(robot), creation_time: "" },
    };
  }

  #listRobots(q: string): Answer {
    const asked = new Map(q.split(",").map((part) => part.split("=", 2) as [string, string]));
    if (asked.get("Level") !== "project") return { status: 200, body: [] };
    if (!asked.has("ProjectID")) return failed(400, "must with project ID when to query project robots");
    const stored = asked.get("name");
    const found = this.robots.filter(
      (robot) =>
        robot.projectId === Number(asked.get("ProjectID")) &&
        (stored === undefined || decodeURIComponent(stored.replaceAll("+", " ")) === `${robot.project}+${robot.name}`),
    );
    return { status: 200, body: found.map((robot) => this.#shownRobot(robot)) };
  }

  #shownRobot(robot: StoredRobot) {
    const { id, description, disable, duration, permissions } = robot;
    const turned = permissions.map(({ access, ...rest }) => ({ ...rest, access: [...access].reverse() }));
    return {
      id,
      name: this.fullName(robot),
      level: "project",
      ...(description !== "" && { description }),
      disable,
      duration,
      editable: true,
      expires_at: expiryOf(robot),
      permissions: turned.reverse(),
      creation_time: "",
      update_time: "",
      creator_ref: 1,
      creator_type: "local",
    };
  }

  #rulesOf({ method, parts: [, name = "", , id], body, byName }: Asked): Answer {
    const project = this.#find(name, byName)?.name;
    if (project === undefined) return failed(404, `project ${name} not found`);
    const rules = this.rules.filter((rule) => rule.project === project);
    if (method === "GET" && id === undefined) {
      const shown = rules.map(({ id, disabled, tag_selectors, scope_selectors }) => ({
        id,
        action: "immutable",
        template: "immutable_template",
        ...(disabled && { disabled }),
        tag_selectors,
        scope_selectors,
      }));
      return { status: 200, body: shown };
    }
    if (method === "GET") return failed(405, "method GET is not allowed, but [DELETE,PUT] are");
    const { tag_selectors, scope_selectors, disabled = false } = body;
    if (method === "POST") {
      const isThere = rules.some((rule) =>
        sameJson([rule.tag_selectors, rule.scope_selectors], [tag_selectors, scope_selectors]),
      );
      if (isThere) return failed(409, "immutable rule already exists");
      const made = { id: this.#next(), project, disabled, tag_selectors, scope_selectors };
      this.rules.push(made);
      return { status: 201, location: `/api/v2.0/projects/${project}/immutabletagrules/${made.id}` };
    }
    const live = rules.find((rule) => rule.id === Number(id));
    if (live === undefined) return failed(404, `immutable rule ${id} not found`);
    if (method === "DELETE") remove(this.rules, (rule) => rule === live);
    else if (live.disabled !== disabled) live.disabled = disabled;
    else Object.assign(live, { tag_selectors, scope_selectors });
    return { status: 200 };
  }

  #labels({ method, parts: [, id], query, body }: Asked): Answer {
    if (method === "GET") {
      const found = this.labels.filter(
        ({ scope, project_id, name }) =>
          scope === query.get("scope") &&
          (scope === "g" || project_id === Number(query.get("project_id"))) &&
          name.includes(query.get("name") ?? ""),
      );
      return { status: 200, body: found };
    }
    if (method === "POST") {
      const { name = "", scope = "", project_id = 0, description = "", color = "" } = body;
      const isThere = this.labels.some(
        (label) => label.name === name && label.scope === scope && label.project_id === project_id,
      );
      if (isThere) return failed(409, `label ${name} already exists`);
      const made = { id: this.#next(), name, scope, project_id, description, color };
      this.labels.push(made);
      return { status: 201, location: `/api/v2.0/labels/${made.id}` };
    }
    const live = this.labels.find((label) => label.id === Number(id));
    if (live === undefined) return failed(404, `label ${id} not found`);
    if (method === "DELETE") remove(this.labels, (label) => label === live);
    else Object.assign(live, { name: body.name, description: body.description, color: body.color });
    return { status: 200 };
  }
}

export function failed(status: number, message: string): Answer {
  return { status, body: { errors: [{ code: TOKENS[status] ?? "UNKNOWN", message }] } };
}

export function newSecret(): string {
  return `Aa1${randomBytes(16).toString("hex")}`;
}

function expiryOf({ duration, createdAt }: StoredRobot): number {
  return duration === -1 ? -1 : createdAt + duration * DAY_S;
}

function remove<Item>(from: Item[], is: (item: Item) => boolean): void {
  from.splice(0, from.length, ...from.filter((item) => !is(item)));
}
