import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isAskDue, type Renewable, renewalReason } from "../../components/certificate/renewal";
import { certificateId } from "../../components/certificate/renewalInfo";
import { opensslCertificate } from "./opensslCertificate";

const DAY = 86_400_000;
const [notBefore, notAfter] = ["2026-01-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"]; // 90 days
const at = (days: number) => new Date(Date.parse(notBefore) + days * DAY);
const iso = (days: number) => at(days).toISOString();
const thumbprint = "80".padEnd(64, "0"); // draws the middle of a window
const plain: Renewable = { notBefore, notAfter, thumbprint };
const suggested = (start: number, end: number, parts: Partial<Renewable> = {}): Renewable => ({
  ...plain,
  renewal: { window: { start: iso(start), end: iso(end) }, askAfter: iso(0) },
  ...parts,
});
const isDue = (certificate: Renewable, days: number) => renewalReason(certificate, at(days)) !== undefined;

describe("a certificate whose server suggests nothing", () => {
  it("is renewed when a third of its life is left", () => {
    expect(isDue(plain, 59.9)).toBe(false);
    expect(isDue(plain, 60)).toBe(true);
  });

  it("of six days as well", () => {
    const shortLived = { ...plain, notAfter: iso(6) };
    expect(isDue(shortLived, 3.9)).toBe(false);
    expect(isDue(shortLived, 4)).toBe(true);
  });
});

describe("a certificate whose server suggests a window", () => {
  it("is renewed at a moment of its own in it, or at the last look before that", () => {
    const certificate = suggested(40, 44); // its moment is day 42, and it is looked at every half day
    expect(isDue(certificate, 39.99)).toBe(false);
    expect(isDue(certificate, 41.49)).toBe(false);
    expect(isDue(certificate, 41.5)).toBe(true);
    expect(isDue(certificate, 80)).toBe(true);
  });

  it("is not renewed before the window begins, even if its moment comes before the next look", () => {
    const first = suggested(40, 44, { thumbprint: "0".repeat(64) });
    expect(isDue(first, 39.99)).toBe(false);
    expect(isDue(first, 40)).toBe(true);
  });

  it("is renewed at once when the window is over: the server may have revoked it", () => {
    expect(isDue(suggested(-2, -1), 1)).toBe(true);
  });

  it("is not renewed because a third is left: the server knows better", () => {
    expect(isDue(suggested(80, 85), 65)).toBe(false);
  });

  it("is renewed before it expires although the window ends later", () => {
    expect(isDue(suggested(85, 400), 89.9)).toBe(true);
  });

  it("falls back to a third when the window only begins after its end", () => {
    expect(isDue(suggested(90, 92), 59.9)).toBe(false);
    expect(isDue(suggested(90, 92), 60)).toBe(true);
  });

  it("draws moments all over the window, the same at each look", () => {
    const moments = Array.from({ length: 400 }, (_, number) => {
      const drawn = suggested(40, 44, { thumbprint: createHash("sha256").update(`${number}`).digest("hex") });
      return [40, 41, 42, 43].findIndex((day) => isDue(drawn, day + 0.5)); // half a day before each quarter's end
    });
    for (const quarter of [0, 1, 2, 3]) {
      expect(moments.filter((moment) => moment === quarter).length).toBeGreaterThan(60);
    }
  });

  it("names the page that explains it, and the window", () => {
    const window = { start: iso(1), end: iso(2), explanation: "https://example.com/incident" };
    const reason = renewalReason({ ...plain, renewal: { window, askAfter: iso(0) } }, at(3));
    expect(reason).toContain("https://example.com/incident");
    expect(reason).toContain(iso(1));
  });
});

describe("an expired certificate", () => {
  it("is renewed, whatever its server suggested, which is asked no more", () => {
    const certificate = suggested(95, 99);
    expect(isDue(certificate, 90)).toBe(true);
    expect(isAskDue(certificate, at(89))).toBe(true);
    expect(isAskDue(certificate, at(90))).toBe(false);
  });
});

describe("the server", () => {
  it("is asked when the time has come that it said, and for what is not known", () => {
    const known = { ...plain, renewal: { askAfter: iso(2) } };
    expect(isAskDue(known, at(1.9))).toBe(false);
    expect(isAskDue(known, at(2))).toBe(true);
    expect(isAskDue(plain, at(1))).toBe(true);
  });
});

describe("a certificate's identifier", () => {
  // RFC 9773 § 4.1: key identifier 69:88:5B:6B:87:46:40:41:E1:B3:7B:84:7B:A0:AE:2C:DE:01:C8:D4, serial 00:87:65:43:21.
  it("is the RFC's for the RFC's example, with the zero before a serial number that begins with a set bit", async () => {
    const keyId = "69885b6b87464041e1b37b847ba0ae2cde01c8d4";
    const { certificate } = await opensslCertificate({
      names: ["DNS:example.com"],
      serial: "0x87654321",
      issuerKeyId: keyId,
    });
    expect(certificateId(certificate)).toBe("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
  });
});
