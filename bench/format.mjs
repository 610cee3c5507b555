/** Formats numbers, spreads and tables for the report. */

/** Shown if a value was not measured. */
export const NOTHING = '–';

/** Returns a Markdown table. The first column is aligned left, the others as `column` states. */
export function table(head, lines, column = '---:') {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map((_, index) => (index === 0 ? '---' : column))), ...lines.map(row)].join('\n');
}

/** Formats a spread; a dash for `undefined`. */
export function cellOf(value, format) {
  return value === undefined ? NOTHING : formatSpread(value, format);
}

/** Formats the median of a spread; a dash for `undefined`. */
export function medianOf(value, format) {
  return value === undefined ? NOTHING : format(value.median);
}

/** `1.79 (1.48–2.43)`; only the median if the others look the same. */
export function formatSpread({ median, least, greatest }, format) {
  const [from, to] = [least, greatest].map(format);
  return from === to ? format(median) : `${format(median)} (${from}–${to})`;
}

/** `1.79` */
export function formatRatio(value) {
  return value.toFixed(2);
}

/** `12 345` */
export function formatCount(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** `12 345/s` */
export function formatRate(value) {
  return `${formatCount(value)}/s`;
}

/** `89`, `8.9` */
export function formatMicros(value) {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

/** Bytes in MiB: `10.5` */
export function formatMebibytes(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}

/** `3.2 %` */
export function formatPercent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
