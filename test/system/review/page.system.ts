import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { renderHtml } from "../../../components/review/report/html";
import type { ForecastEvent, Report } from "../../../components/review/report/report";
import { OTHER, statement, WEB } from "../../review/semantic/support";
import { ATTACKS, withTexts } from "../../review/report/attacks";
import { everything } from "../../review/report/everything";
import { distrust, flip, image, reportOf } from "../../review/report/reports";

/** What runs in the page is given as text: the types of a browser are not those of the tests. */
const count = (selector: string) => `document.querySelectorAll(${JSON.stringify(selector)}).length`;
const ITEMS = "#images li.card";

/** Texts whose colour is too near to what is behind them: each with its contrast, by WCAG 2.2's definition. */
const FAINT_TEXTS = `() => {
  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    const scale = colour.startsWith("color(") ? 1 : 255;
    return [red / scale, green / scale, blue / scale, alpha];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((part, index) => part * a + below[index] * (1 - a));
  const behind = (element) => element === null ? [1, 1, 1] : over(parse(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!hasText || !element.checkVisibility()) continue;
    const back = behind(element);
    const [one, other] = [light(over(parse(getComputedStyle(element).color), back)), light(back)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) faint.add(element.className + " " + element.tagName + " " + ratio.toFixed(2));
  }
  return [...faint];
}`;

function forecastOf(report: Report): Report {
  const event: ForecastEvent = {
    instant: "2026-09-01T00:00:00.001Z",
    reference: "registry.example.com/team/app@sha256:12",
    tags: ["v1", "latest"],
    stack: "production",
    cause: "leaf",
    validation: "authenticity",
    code: "CERTIFICATE_EXPIRED",
    unlessRenewed: false,
    sentence: "the signing certificate CN=nightly expires: sign again",
  };
  const tls: ForecastEvent = { ...event, cause: "tls", stack: null, validation: null, unlessRenewed: true };
  const nothing = { semantic: [], flips: [], rules: [], exceptions: [], enforcers: [] };
  return { ...report, ...nothing, forecast: [event, tls] };
}

describe("the page of a review, in Chromium without a network", () => {
  let directory: string;
  let browser: Browser;
  let page: Page;
  /** Errors and warnings that the page caused, and what it asked for but itself. */
  let noise: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "breakwater-page-"));
    const flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"];
    browser = await launch({ executablePath: chromium(), args: flags });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    noise = [];
  });

  async function open(report: Report, { width = 1280, scheme = "light" } = {}): Promise<void> {
    await page?.close();
    page = await browser.newPage();
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(`file://${directory}`)) noise.push(request.url());
    });
    await page.setOfflineMode(true);
    await page.setViewport({ width, height: 800 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const file = join(directory, "page.html");
    await writeFile(file, renderHtml(report));
    await page.goto(`file://${file}`);
  }
  const choose = (label: string, words: string) =>
    page.evaluate(`{
      const field = [...document.querySelectorAll("#images .field")].find((each) => each.textContent.startsWith("${label}"));
      const select = field.querySelector("select");
      select.value = [...select.options].find((option) => option.textContent.startsWith("${words}")).value;
      select.dispatchEvent(new Event("change"));
    }`);

  test("shows every part, asks for nothing and complains of nothing", async () => {
    await open(everything());
    expect(await page.$eval("h1", (heading) => heading.textContent)).toContain("3 rules are violated");
    for (const part of ["rules", "findings", "images", "map", "timeline", "enforcers", "unknown"]) {
      expect(await page.evaluate(count(`#${part} li`)), part).toBeGreaterThan(0);
    }
    expect(await page.evaluate(count("#map .lines path"))).toBeGreaterThan(5);
    expect(noise).toEqual([]);
  });

  test("filters the flips by direction, stack, code and text", async () => {
    await open(everything());
    expect(await page.evaluate(count(ITEMS))).toBe(5);
    await choose("Direction", "away");
    expect(await page.evaluate(count(ITEMS))).toBe(2);
    await choose("Code", "NO_SIGNATURE");
    expect(await page.evaluate(count(ITEMS))).toBe(1);
    await choose("Code", "all");
    await choose("Direction", "both");
    await choose("Stack", "staging");
    expect(await page.evaluate(count(ITEMS))).toBe(1);
    await choose("Stack", "all");
    await page.type("#images input[type=search]", "LATEST");
    expect(await page.evaluate(count(ITEMS))).toBe(1);
    expect(await page.$eval("#images [role=status]", (status) => status.textContent)).toBe("1 verdict shown");
  });

  test("shows the paths of what is selected in the map, by keyboard too", async () => {
    await open(everything());
    await page.focus("#map .column-identity button");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(count('#map [aria-pressed="true"]'))).toBe(1);
    expect(await page.evaluate(count("#map .node.off"))).toBeGreaterThan(0);
    expect(await page.evaluate(count("#map .lines .on"))).toBeGreaterThan(2);
    await page.keyboard.press("Escape");
    expect(await page.evaluate(count("#map .node.off"))).toBe(0);
  });

  test("tells the nodes of one store apart by the statement that each serves, on a phone too", async () => {
    const trustPolicies = [statement(), statement({ name: "web", scopes: [WEB], identities: [OTHER] })];
    const report = reportOf({ base: { production: { trustPolicies } }, head: { production: { trustPolicies } } });
    for (const width of [1280, 390]) {
      await open(report, { width });
      const stores = await page.$$eval("#map .column-store button", (all) => all.map(({ innerText }) => innerText));
      expect(stores.map((text) => text.split(/\s*\n\s*/).join(" "))).toEqual(["ca:acme in images", "ca:acme in web"]);
    }
  });

  test("lets the keyboard reach every control, and shows where it is", async () => {
    await open(everything());
    const controls = (await page.evaluate(count("a, button:not([hidden]), select, input, summary"))) as number;
    const reached = new Set<number>();
    for (let press = 0; press < controls + 5; press++) {
      await page.keyboard.press("Tab");
      const [index, outline] = (await page.evaluate(`(() => {
        const all = [...document.querySelectorAll("a, button:not([hidden]), select, input, summary")];
        return [all.indexOf(document.activeElement), getComputedStyle(document.activeElement).outlineStyle];
      })()`)) as [number, string];
      if (index < 0) continue;
      expect(outline).not.toBe("none");
      reached.add(index);
    }
    expect(reached.size).toBe(controls);
    expect(
      await page.evaluate(
        `[...document.querySelectorAll("select, input")].filter((each) => !each.labels.length).length`,
      ),
    ).toBe(0);
  });

  test.each(["light", "dark"])("is readable in %s: text stands out from what is behind it", async (scheme) => {
    await open(everything(), { scheme });
    const [back, ink] = (await page.evaluate(
      `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]`,
    )) as [string, string];
    const light = (colour: string) =>
      (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
    expect(light(back) > light(ink)).toBe(scheme === "light");
    expect(Math.abs(light(back) - light(ink))).toBeGreaterThan(400);
  });

  test.each(["light", "dark"])("has a contrast of 4.5 at least in %s, as WCAG 2.2 asks for (1.4.3)", async (scheme) => {
    for (const report of [everything(), forecastOf(everything())]) {
      await open(report, { scheme });
      expect(await page.evaluate(`(${FAINT_TEXTS})()`)).toEqual([]);
    }
  });

  test("has its headings in order, one of the first level, and a language", async () => {
    for (const report of [everything(), forecastOf(everything())]) {
      await open(report);
      const levels = (await page.evaluate(
        `[...document.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => Number(tagName[1]))`,
      )) as number[];
      expect(levels[0]).toBe(1);
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
      expect(await page.$eval("html", ({ lang }) => lang)).toBe("en");
    }
  });

  test("shows a phone the path of what is selected, what it is in sight, and the whole map again", async () => {
    await open(everything(), { width: 390 });
    const nodes = await page.evaluate(count("#map .node"));
    const shown = () =>
      page.evaluate(`[...document.querySelectorAll("#map .node")].filter((each) => each.checkVisibility()).length`);
    await page.click("#map .column-identity li:last-child button");
    expect(Number(await shown())).toBeLessThan(Number(nodes));
    const inSight = await page.evaluate(`["#map .node[aria-pressed=true]", "#map .map-details"].map((each) => {
      const { top, bottom } = document.querySelector(each).getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    })`);
    expect(inSight).toEqual([true, true]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.click("#map .close");
    expect(await shown()).toBe(nodes);
    expect(await page.evaluate(`document.activeElement.closest(".column-identity") !== null`)).toBe(true);
  });

  test("prints everything: lists to their end, what is folded, in dark ink on white", async () => {
    const flips = [...Array(250).keys()].map((number) => flip(number));
    await open(reportOf({ base: { production: {} }, head: { production: {} }, flips }), { scheme: "dark" });
    await page.evaluate(`addEventListener("beforeprint", () => {
      window.printed = [document.querySelectorAll("#images li.card").length, document.querySelectorAll("details:not([open])").length];
    })`);
    const pages = (await page.pdf({ format: "A4" })).toString().match(/\/Type\s*\/Page\b/g) ?? [];
    expect(await page.evaluate("window.printed")).toEqual([250, 0]);
    expect(pages.length === 0 || pages.length > 5).toBe(true);
    await page.emulateMediaType("print");
    expect(await page.evaluate("getComputedStyle(document.body).color")).toBe("rgb(27, 35, 48)");
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect(noise).toEqual([]);
  });

  test("of a forecast has what fails first, and nothing of a change", async () => {
    await open(forecastOf(everything()));
    expect(await page.evaluate(`[...document.querySelectorAll("main > section")].map(({ id }) => id)`)).toEqual([
      ...["failures", "timeline", "map", "unknown"],
    ]);
    expect(await page.title()).toMatch(/^Trust forecast: /);
    expect(await page.evaluate(count("#failures li.card"))).toBe(2);
    expect(noise).toEqual([]);
  });

  test("is ready in two seconds with ten thousand images", async () => {
    const numbers = [...Array(10_000).keys()];
    const flips = numbers.slice(0, 300).map((number) => flip(number));
    const images = numbers.map((number) => image(number, { flips: number < 300 }));
    await open(reportOf({ base: { production: {} }, head: { production: {} }, flips, images }));
    expect(await page.evaluate(`performance.getEntriesByType("navigation")[0].domComplete`)).toBeLessThan(2_000);
  });

  test("fits a phone: nothing is wider than 360 pixels", async () => {
    await open(everything(), { width: 360 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await open(withTexts(everything(), "x".repeat(5_000)), { width: 360 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });

  test("shows texts of others, and runs none of them", async () => {
    const isMarkup = (attack: string) => /[<"'&]|pwned/.test(attack);
    for (const attack of [...ATTACKS.filter(isMarkup), ATTACKS.filter((each) => !isMarkup(each)).join(" ")]) {
      await open(withTexts(everything(), attack));
      expect(await page.evaluate("window.pwned"), attack).toBeUndefined();
      expect(await page.evaluate(count("script, img, iframe, object, a:not([href^='#'])")), attack).toBe(2);
      expect(await page.evaluate(count("main > section")), attack).toBe(7);
    }
    expect(noise).toEqual([]);
  });

  test("folds ten thousand images, and shows them as they are asked for", async () => {
    const numbers = [...Array(10_000).keys()];
    const flips = numbers.map((number) => (number % 2 ? flip(number) : distrust(number)));
    const images = numbers.map((number) => image(number, { flips: true }));
    await open(reportOf({ base: { production: {} }, head: { production: {} }, flips, images }));
    expect(await page.evaluate(count(ITEMS))).toBe(100);
    await page.click("#images button.more");
    expect(await page.evaluate(count(ITEMS))).toBe(200);
    expect(await page.evaluate(count("#map .column-image li"))).toBe(1);
    expect(await page.$eval("#map .column-image li", (node) => node.textContent)).toContain("10,000 images");
  });
});

/** Debian's; installed when the machine has none. */
function chromium(): string {
  if (process.env.BREAKWATER_CHROMIUM) return process.env.BREAKWATER_CHROMIUM;
  const find = () => execFileSync("sh", ["-c", "command -v chromium || true"], { encoding: "utf8" }).trim();
  if (find() === "") {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { stdio: "ignore" });
  }
  return find();
}
