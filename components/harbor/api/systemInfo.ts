import type { HarborClient } from "./client";
import { HarborApiError } from "./error";
import { Fields } from "./fields";
import { recordOf } from "./responses";

export interface SystemInfo {
  /** `2.15.2` */
  readonly version: string;
  /** Where Harbor says that it is: the URL that it gives to clients. */
  readonly externalUrl: string;
  readonly readOnly: boolean;
}

/** Throws HarborApiError; nobody is told the version. */
export async function readSystemInfo(client: HarborClient): Promise<SystemInfo> {
  const what = "Reading Harbor's version";
  const info = new Fields(
    recordOf(await client.send({ method: "GET", path: "systeminfo", what }), what),
    "Harbor's version",
  );
  const version = /^v?([0-9]+\.[0-9]+\.[0-9]+)/.exec(info.textOr("harbor_version", ""))?.[1];
  if (version === undefined) {
    throw new HarborApiError(
      "HARBOR_RESPONSE_INVALID",
      `${client.host} does not tell its version to ${JSON.stringify(client.username)}: check that it is a Harbor of version 2, and the user.`,
    );
  }
  return { version, externalUrl: info.textOr("external_url", ""), readOnly: info.flag("read_only") };
}
