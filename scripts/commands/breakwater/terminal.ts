import { printable } from "../../../components/notary/quoted";

/** What a command talks to: the process, or a test. */
export interface Terminal {
  /** Standard output: the result alone. */
  readonly out: (text: string) => void;
  /** Standard error: warnings, errors, hints. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  readonly folder: string;
  /** Whether the result may be coloured. */
  readonly colour: boolean;
  readonly clock: () => Date;
}

/** A line for a person. What others wrote can hold control characters: they must not move the cursor or hide text. */
export function printLine(write: (text: string) => void, line: string): void {
  write(`${printable(line)}\n`);
}

const COLOURS = { green: 32, yellow: 33, red: 31 } as const;

/** A text that is safe already, in colour when the terminal takes it. */
export function coloured({ colour }: Terminal, name: keyof typeof COLOURS, text: string): string {
  return colour ? `\u001b[1;${COLOURS[name]}m${text}\u001b[0m` : text;
}

export function warn({ err }: Terminal, warning: string): void {
  printLine(err, `Warning: ${warning}`);
}

export function printJson({ out }: Terminal, value: unknown): void {
  out(`${JSON.stringify(value, null, 2)}\n`);
}
