import { execFile } from "node:child_process";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { hash } from "bcryptjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFree } from "../../components/local/ports";
import { registry } from "../../components/local/registry.handler";
import { stopService } from "../../components/local/supervisor";
import { Repository } from "../../components/oci/repository";
import { toHandler } from "../../components/provider/handler";
import { ManagedResource } from "../provider/managedResource";
import { freePort } from "../support/ports";
import { codeOf, kill, makePlace, messageOf, occupy, type Place, readAll, writeTls } from "./support";

let place: Place;
let directory: string;
let resource: ManagedResource;
let declared: { directory: string; username: string; certificate: string; tls: Awaited<ReturnType<typeof writeTls>> };

beforeEach(async () => {
  place = await makePlace();
  directory = join(place.directory, "registry");
  resource = new ManagedResource(toHandler(registry));
  declared = {
    directory,
    username: "breakwater",
    certificate: "first",
    tls: await writeTls(place.directory, "first"),
  };
});
afterEach(() => place.end());

const file = (name: string) => join(directory, name);
const portOf = () => resource.state.port as number;
const pid = async () => (await place.running("registry"))[0] ?? 0;
function repository(dockerConfig = file("docker"), caFile = declared.tls.rootFile): Repository {
  return new Repository({
    connection: { host: `127.0.0.1:${portOf()}`, caFile, dockerConfig },
    repository: "app",
  });
}
/** Resolves when the login works: a tag that nobody pushed is answered as absent. */
const login = async () => expect(await repository().resolve("v1")).toBeUndefined();

describe("the local registry", () => {
  it("is created with a login and TLS, and does not drift", async () => {
    expect(await resource.up(declared)).toBe("create");
    await login();
    expect(await resource.refresh()).toBe("");
    expect(await resource.up(declared)).toBe("same");
    expect(await place.running("registry")).toHaveLength(1);
  });

  it("takes the port that it is told, and restarts on another one", async () => {
    const [first, second] = [await freePort(), await freePort()];
    await resource.up({ ...declared, port: first });
    expect(portOf()).toBe(first);
    expect(await resource.up({ ...declared, port: second })).toBe("update");
    await login();
    expect(portOf()).toBe(second);
    expect(await place.running("registry")).toHaveLength(1);
  });

  it("that was killed comes back on the same port with the same login and images", async () => {
    await resource.up(declared);
    const [port, password] = [portOf(), resource.state.password];
    const pushed = await repository().pushManifest(await manifest(), MANIFEST, "v1");
    await kill(await pid());
    expect(await resource.preview(declared)).toBe("update");
    expect(await resource.refresh()).not.toBe("");
    expect(await resource.up(declared)).toBe("update");
    expect([portOf(), resource.state.password]).toEqual([port, password]);
    expect(await repository().resolve("v1")).toMatchObject({ digest: pushed.digest });
    expect(await resource.up(declared)).toBe("same");
  });

  it("can be started again at once, again and again: a stopped one holds its port no longer", async () => {
    await resource.up(declared);
    for (let round = 0; round < 12; round++) {
      await stopService({ name: "registry", directory });
      expect(await isFree(portOf())).toBe(true);
      expect(await resource.up(declared)).toBe("update");
    }
  });

  it("that hangs is drift, and is replaced", async () => {
    await resource.up(declared);
    const stopped = await pid();
    process.kill(stopped, "SIGSTOP");
    expect(await resource.up(declared)).toBe("update");
    expect(await pid()).not.toBe(stopped);
    await login();
  });

  it("that an interrupted run left is replaced and not doubled", async () => {
    await resource.up(declared);
    const left = await pid();
    resource.forget();
    expect(await resource.up(declared)).toBe("create");
    expect(await place.running("registry")).toHaveLength(1);
    expect(await pid()).not.toBe(left);
    await login();
  });

  it("leaves no process and no file of its own when it is deleted, and what others put there", async () => {
    await resource.up(declared);
    await repository().pushManifest(await manifest(), MANIFEST, "v1");
    await writeFile(file("notes.txt"), "mine");
    await resource.destroy();
    expect(await place.running("registry")).toEqual([]);
    const left = [...(await readAll(directory)).keys()];
    expect(left.filter((name) => name !== "service.log")).toEqual(["notes.txt"]);
  });

  it("takes another user name, with images and password kept", async () => {
    await resource.up(declared);
    const password = resource.state.password;
    const pushed = await repository().pushManifest(await manifest(), MANIFEST, "v1");
    declared = { ...declared, username: "harbour" };
    expect(await resource.up(declared)).toBe("update");
    expect(await repository().resolve("v1")).toMatchObject({ digest: pushed.digest });
    expect(resource.state.password).toBe(password);
    expect(await resource.up(declared)).toBe("same");
  });

  it("serves a renewed certificate, and only then restarts", async () => {
    await resource.up(declared);
    const before = await pid();
    declared = { ...declared, certificate: "second", tls: await writeTls(place.directory, "second") };
    expect(await resource.up(declared)).toBe("update");
    expect(await pid()).not.toBe(before);
    await login();
    expect(await resource.up(declared)).toBe("same");
  });
});

describe("the local registry's access", () => {
  beforeEach(() => resource.up(declared));

  it("is refused with a wrong password, and without any", async () => {
    const wrong = join(place.directory, "wrong");
    await mkdir(wrong);
    const auth = Buffer.from("breakwater:wrong").toString("base64");
    await writeFile(join(wrong, "config.json"), JSON.stringify({ auths: { [`127.0.0.1:${portOf()}`]: { auth } } }), {
      mode: 0o600,
    });
    const none = join(place.directory, "none");
    for (const dockerConfig of [wrong, none]) {
      await expect(repository(dockerConfig).resolve("v1")).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
    }
  });

  it("is refused over plain HTTP", async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = request(
        {
          host: "127.0.0.1",
          port: portOf(),
          path: "/v2/",
          auth: `breakwater:${String(resource.state.password)}`,
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.once("error", reject);
      asked.end();
    });
    expect(status).toBe(400);
  });

  it("is not trusted under the root of another certificate", async () => {
    const other = await writeTls(place.directory, "other");
    await expect(repository(file("docker"), other.rootFile).resolve("v1")).rejects.toMatchObject({
      code: "REGISTRY_TLS_UNTRUSTED",
    });
  });

  it("has its secrets in files for the owner alone", async () => {
    for (const name of ["htpasswd", "docker/config.json"]) {
      expect((await stat(file(name))).mode & 0o777).toBe(0o600);
    }
  });

  it("shows the password in no log, no configuration, no argument and no variable of the process", async () => {
    const password = String(resource.state.password);
    const encoded = Buffer.from(`breakwater:${password}`).toString("base64");
    await login();
    await expect(repository(join(place.directory, "none")).resolve("v1")).rejects.toThrow();
    expect(password.length).toBeGreaterThanOrEqual(32);

    const files = await readAll(directory);
    expect([...files.keys()]).toEqual(expect.arrayContaining(["config.yml", "service.log", "htpasswd"]));
    const withPassword = [...files].filter(([, content]) => content.includes(password) || content.includes(encoded));
    expect(withPassword.map(([name]) => name)).toEqual(["docker/config.json"]);
    const shown = await shownOfProcess(await pid());
    expect(shown).toContain("HOME=");
    expect(shown).not.toContain(password);
  });
});

describe("a file of the local registry that was edited by hand", () => {
  beforeEach(() => resource.up(declared));

  it("htpasswd: is drift, and the login works again without a restart", async () => {
    const before = await pid();
    await writeFile(file("htpasswd"), `breakwater:${await hash("another password", 4)}\n`);
    await expect(repository().resolve("v1")).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
    expect(await resource.up(declared)).toBe("update");
    await login();
    expect(await pid()).toBe(before);
    expect(await resource.up(declared)).toBe("same");
  });

  it("docker/config.json: is drift, and the login works again", async () => {
    const auth = Buffer.from("breakwater:edited").toString("base64");
    await writeFile(file("docker/config.json"), JSON.stringify({ auths: { [`127.0.0.1:${portOf()}`]: { auth } } }));
    await expect(repository().resolve("v1")).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
    expect(await resource.up(declared)).toBe("update");
    await login();
  });

  it("config.yml: is drift, and the registry runs under the declared one again", async () => {
    const before = await pid();
    const text = await readFile(file("config.yml"), "utf8");
    await writeFile(file("config.yml"), text.replace('"auth"', '"notAuth"'));
    expect(await resource.up(declared)).toBe("update");
    expect(await readFile(file("config.yml"), "utf8")).toBe(text);
    expect(await pid()).not.toBe(before);
    await login();
    expect(await resource.up(declared)).toBe("same");
  });

  it("all of them missing: are written again", async () => {
    for (const name of ["config.yml", "htpasswd", "docker/config.json"]) await rm(file(name));
    expect((await resource.refresh()).split("; ")).toHaveLength(3);
    expect(await resource.up(declared)).toBe("update");
    await login();
    expect(await resource.up(declared)).toBe("same");
  });
});

describe("a local registry that can't be started", () => {
  it("because its port is used names the port and leaves nothing behind, and starts once it is free", async () => {
    const port = await freePort();
    const other = await occupy(port);
    try {
      const failed = resource.up({ ...declared, port });
      expect(await codeOf(failed)).toBe("PORT_IN_USE");
      expect(await messageOf(failed)).toContain(String(port));
      expect(await place.running("registry")).toEqual([]);
    } finally {
      await other.release();
    }
    expect(await resource.up({ ...declared, port })).toBe("create");
  });

  it("because it was killed and its port was taken meanwhile keeps its state for the next run", async () => {
    await resource.up(declared);
    const password = resource.state.password;
    await kill(await pid());
    const other = await occupy(portOf());
    try {
      expect(await codeOf(resource.up(declared))).toBe("PORT_IN_USE");
    } finally {
      await other.release();
    }
    expect(await resource.up(declared)).toBe("update");
    expect(resource.state.password).toBe(password);
    await login();
  });

  it("because it ends at once shows the end of its log", async () => {
    const missing = join(place.directory, "no-such-chain.pem");
    const failed = resource.up({ ...declared, tls: { ...declared.tls, chainFile: missing } });
    expect(await codeOf(failed)).toBe("SERVICE_EXITED");
    expect(await messageOf(failed)).toContain("no-such-chain.pem");
    expect(await place.running("registry")).toEqual([]);
  });

  it("because its program is missing, or is none, says so", async () => {
    const before = process.env.BREAKWATER_REGISTRY;
    const noProgram = join(place.directory, "registry-program");
    process.env.BREAKWATER_REGISTRY = noProgram;
    try {
      expect(await codeOf(resource.up(declared))).toBe("TOOL_MISSING");
      await writeFile(noProgram, "not a program", { mode: 0o644 });
      expect(await codeOf(resource.up(declared))).toBe("TOOL_MISSING");
    } finally {
      if (before === undefined) delete process.env.BREAKWATER_REGISTRY;
      else process.env.BREAKWATER_REGISTRY = before;
    }
  });
});

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** The smallest manifest that a registry takes, with its one blob already pushed. */
async function manifest(): Promise<Buffer> {
  const config = {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    size: 2,
  };
  await repository().pushBytes(config, Buffer.from("{}"));
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [config] }));
}

/** Arguments and environment of a process, as others with the right to see them do. */
async function shownOfProcess(of: number): Promise<string> {
  if (process.platform === "linux") {
    return (await Promise.all(["cmdline", "environ"].map((part) => readFile(`/proc/${of}/${part}`, "latin1")))).join(
      " ",
    );
  }
  return (await promisify(execFile)("ps", ["eww", "-o", "command=", "-p", String(of)])).stdout;
}
