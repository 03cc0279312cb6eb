import { HarborError } from "./error";

/** Harbor's word for no limit. */
export const UNLIMITED = -1;

const UNITS: Readonly<Record<string, number>> = { MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** Bytes of `10GiB`, -1 of `unlimited`. Throws HarborError QUOTA_INVALID. */
export function storageLimit(quota: string): number {
  if (quota === "unlimited") return UNLIMITED;
  const [, count = "", unit = ""] = /^([1-9]\d{0,9})(MiB|GiB|TiB)$/.exec(quota) ?? [];
  const bytes = Number(count) * (UNITS[unit] ?? 0);
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new HarborError(
    "QUOTA_INVALID",
    `a quota is \`unlimited\`, or a whole number with MiB, GiB or TiB such as 10GiB; not ${JSON.stringify(quota)}`,
  );
}

/** In words: 1.5 GiB, or unlimited. */
export function shownBytes(bytes: number): string {
  if (bytes === UNLIMITED) return "unlimited";
  const [unit, size] = Object.entries(UNITS).findLast(([, size]) => bytes >= size) ?? ["bytes", 1];
  const count = bytes / size;
  return `${Number.isInteger(count) ? count : count.toFixed(1)} ${unit}`;
}
