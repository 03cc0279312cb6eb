/** Without a terminal a long task says that it still works this often, in milliseconds. */
const QUIET_LINE_INTERVAL = 15_000;

/**
 * @typedef {object} Task
 * @property {(detail: string) => void} update shows where the task is
 * @property {(detail: string) => void} end the task's last word
 *
 * @typedef {object} Progress
 * @property {(text: string) => void} note one line
 * @property {(label: string) => Task} task something that takes long
 */

/**
 * Progress for a person, on standard error only: standard output belongs to `--json`.
 * @param {{quiet?: boolean, stream?: NodeJS.WriteStream}} [options]
 * @returns {Progress}
 */
export function createProgress({ quiet = false, stream = process.stderr } = {}) {
  if (quiet) return { note() {}, task: () => ({ update() {}, end() {} }) };
  return {
    note: (text) => void stream.write(`${text}\n`),
    task: (label) => (stream.isTTY ? rewrittenLine(stream, label) : sparseLines(stream, label)),
  };
}

/**
 * @param {NodeJS.WriteStream} stream
 * @param {string} label
 * @returns {Task}
 */
function rewrittenLine(stream, label) {
  /** @param {string} detail */
  const draw = (detail) => {
    const width = Math.max((stream.columns || 80) - 1, 20);
    stream.write(`\r\x1b[2K${`${label}: ${detail}`.slice(0, width)}`);
  };
  draw("…");
  return {
    update: draw,
    end: (detail) => void stream.write(`\r\x1b[2K${label}: ${detail}\n`),
  };
}

/**
 * @param {NodeJS.WriteStream} stream
 * @param {string} label
 * @returns {Task}
 */
function sparseLines(stream, label) {
  let spoke = Date.now();
  stream.write(`${label} …\n`);
  return {
    update(detail) {
      if (Date.now() - spoke < QUIET_LINE_INTERVAL) return;
      spoke = Date.now();
      stream.write(`${label}: ${detail}\n`);
    },
    end: (detail) => void stream.write(`${label}: ${detail}\n`),
  };
}
