import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpsGet } from "../../components/local/httpsGet";
import { type PebblePorts, pebble } from "../../components/local/pebble.handler";
import { toHandler } from "../../components/provider/handler";
import { ManagedResource } from "../provider/managedResource";
import { freePort } from "../support/ports";
import { codeOf, kill, makePlace, messageOf, occupy, type Place, readAll } from "./support";

let place: Place;
let directory: string;
let resource: ManagedResource;
let declared: { directory: string; validitySeconds: number; ports?: PebblePorts };

beforeEach(async () => {
  place = await makePlace();
  directory = join(place.directory, "pebble");
  resource = new ManagedResource(toHandler(pebble));
  declared = { directory, validitySeconds: 3600 };
});
afterEach(() => place.end());

const file = (name: string) => join(directory, name);
const ports = () => resource.state.ports as PebblePorts;
const pid = async () => (await place.running("pebble"))[0] ?? 0;
const answer = async () => (await httpsGet(`https://127.0.0.1:${ports().acme}/dir`, file("ca.pem"))).status;

describe("the local ACME server", () => {
  it("is created, answers, and does not drift", async () => {
    expect(await resource.up(declared)).toBe("create");
    expect(await answer()).toBe(200);
    expect(await resource.up(declared)).toBe("same");
    expect(await place.running("pebble")).toHaveLength(1);
    expect((await stat(file("ca-key.pem"))).mode & 0o777).toBe(0o600);
  });

  it("that was killed comes back on the same ports, with the same certificate of its own", async () => {
    await resource.up(declared);
    const [before, ca] = [ports(), await readFile(file("ca.pem"), "utf8")];
    await kill(await pid());
    expect(await resource.preview(declared)).toBe("update");
    expect(await resource.up(declared)).toBe("update");
    expect(ports()).toEqual(before);
    expect(await readFile(file("ca.pem"), "utf8")).toBe(ca);
    expect(await answer()).toBe(200);
    expect(await resource.up(declared)).toBe("same");
  });

  it("that an interrupted run left is replaced and not doubled", async () => {
    await resource.up(declared);
    const left = await pid();
    resource.forget();
    expect(await resource.up(declared)).toBe("create");
    expect(await place.running("pebble")).toHaveLength(1);
    expect(await pid()).not.toBe(left);
    expect(await answer()).toBe(200);
  });

  it("whose own certificate was deleted is drift, and gets another", async () => {
    await resource.up(declared);
    await rm(file("ca.pem"));
    expect(await resource.up(declared)).toBe("update");
    expect(await answer()).toBe(200);
    expect(await resource.up(declared)).toBe("same");
  });

  it("whose configuration was edited runs under the declared one again", async () => {
    await resource.up(declared);
    const before = await pid();
    const text = await readFile(file("pebble.json"), "utf8");
    await writeFile(file("pebble.json"), text.replace("3600", "1"));
    expect(await resource.up(declared)).toBe("update");
    expect(await readFile(file("pebble.json"), "utf8")).toBe(text);
    expect(await pid()).not.toBe(before);
  });

  it("leaves no process and no file but its log when it is deleted, and what others put there", async () => {
    await resource.up(declared);
    await writeFile(file("notes.txt"), "mine");
    await resource.destroy();
    expect(await place.running("pebble")).toEqual([]);
    const left = [...(await readAll(directory)).keys()];
    expect(left.filter((name) => name !== "service.log")).toEqual(["notes.txt"]);
  });

  it("that was killed finds other ports when one was taken meanwhile", async () => {
    await resource.up(declared);
    const before = ports();
    await kill(await pid());
    const other = await occupy(before.acme);
    try {
      expect(await resource.up(declared)).toBe("update");
      expect(ports().acme).not.toBe(before.acme);
      expect(await answer()).toBe(200);
    } finally {
      await other.release();
    }
  });

  it("that is told its ports says which one is used, and starts nothing", async () => {
    const told = { acme: await freePort(), management: await freePort(), http01: await freePort() };
    const other = await occupy(told.http01);
    try {
      const failed = resource.up({ ...declared, ports: told });
      expect(await codeOf(failed)).toBe("PORT_IN_USE");
      expect(await messageOf(failed)).toContain(String(told.http01));
      expect(await place.running("pebble")).toEqual([]);
    } finally {
      await other.release();
    }
  });
});
