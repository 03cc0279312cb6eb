/** A line of the result; with an aim it says whether that is reached. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly digits?: number;
  readonly aim?: { readonly least: number } | { readonly most: number };
}

export function printSection(title: string, rows: readonly Row[]): void {
  process.stdout.write(`\n${title}\n${rows.map(lineOf).join("\n")}\n`);
}

/** How many aims were missed. */
export function missed(rows: readonly Row[]): number {
  return rows.filter((row) => row.aim !== undefined && !reached(row)).length;
}

function lineOf(row: Row): string {
  const { what, aim, unit } = row;
  const left = `  ${what.padEnd(64)} ${numberOf(row, row.value).padStart(9)}${unit}`;
  if (aim === undefined) return left;
  const bound = "least" in aim ? `≥ ${numberOf(row, aim.least)}` : `≤ ${numberOf(row, aim.most)}`;
  return `${left.padEnd(82)} ${`${bound}${unit}`.padEnd(12)} ${reached(row) ? "reached" : "NOT REACHED"}`;
}

function numberOf({ digits = 1 }: Row, value: number): string {
  return value.toFixed(digits);
}

function reached({ value, aim }: Row): boolean {
  if (aim === undefined) return true;
  return "least" in aim ? value >= aim.least : value <= aim.most;
}
