import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { requireFitPassword } from "../../../components/harbor/installation/adminPassword";
import { harborYml, withSecrets } from "../../../components/harbor/installation/harborYml";
import { expectCode } from "./support";

const values = {
  hostname: "harbor.example.org",
  httpPort: 80,
  httpsPort: 8443,
  chainFile: "/srv/tls/chain.pem",
  keyFile: "/srv/tls/key.pem",
  dataDirectory: "/srv/data",
  version: "2.15.0",
};
const secrets = { adminPassword: "Ab1: {x} - [y], *&!|>%@", databasePassword: "p0123" };

describe("harbor.yml", () => {
  it("holds no secret before they are put in, and each in one place after", () => {
    const text = harborYml(values);
    expect(text).not.toContain(secrets.adminPassword);
    const whole = withSecrets(text, secrets);
    expect(whole).toContain(`\nharbor_admin_password: ${JSON.stringify(secrets.adminPassword)}\n`);
    expect(whole).toContain('\n  password: "p0123"\n');
    expect(whole).not.toMatch(/BREAKWATER_/);
  });

  it("gives the release's own `prepare` script the data folder that it looks for", () => {
    const find = "grep '^[^#]*data_volume:' | awk '{print $NF}'";
    expect(execFileSync("sh", ["-c", find], { input: harborYml(values), encoding: "utf8" })).toBe("/srv/data\n");
  });

  it("does not ask for other ciphers because `prepare migrate` wrote none for false", () => {
    const migrated = "https:\n  strong_ssl_ciphers: none\n  port: 443\n";
    expect(withSecrets(migrated, secrets)).toBe("https:\n  strong_ssl_ciphers: false\n  port: 443\n");
    expect(withSecrets("  strong_ssl_ciphers: true\n", secrets)).toBe("  strong_ssl_ciphers: true\n");
  });
});

describe("an admin password", () => {
  it.each(["Harbor12345", "aB3!%&()*+,-./:;<=>?@[]^_{|}~"])("may be %s", (password) => {
    expect(() => requireFitPassword(password)).not.toThrow();
  });

  it.each([
    "short1A",
    "nocapitals1",
    "NOLOWER11",
    "NoDigitsHere",
    "With space1A",
    "Dollar$1Abcd",
    "Hash#1Abcdef",
    'Quote"1Abcdef',
    "Apostrophe'1A",
    "Backtick`1Abc",
    "Back\\slash1A",
    "Umlaut1Äbcdef",
    "Line\n1Abcdefg",
    `Aa1${"x".repeat(126)}`,
  ])("is refused when Harbor would not get it whole, or not take it: %j", async (password) => {
    const error = await expectCode(() => requireFitPassword(password), "HARBOR_ADMIN_PASSWORD_UNFIT");
    expect(error.message).not.toContain(password);
  });
});
