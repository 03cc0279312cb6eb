import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";

export interface HttpsAnswer {
  readonly status: number;
  readonly body: string;
}

/** One GET over TLS that trusts the certificates of `caFile` alone; for health checks of local services. */
export async function httpsGet(url: string, caFile: string, timeoutMs = 3_000): Promise<HttpsAnswer> {
  const agent = new Agent({ connect: { ca: await readFile(caFile, "utf8"), timeout: timeoutMs } });
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: agent,
      headers: { "user-agent": "breakwater" }, // RFC 8555 § 6.1 asks for one
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    return { status: statusCode, body: await body.text() };
  } finally {
    await agent.close();
  }
}
