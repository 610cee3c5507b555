/** Durations as users write and read them: `90s`, `15m`, `2h`, `30d`. */

const UNITS = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'm', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const;

/** Parses a duration such as `15m` or `0`. Returns seconds; `undefined` if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  const found = UNITS.find((each) => each.unit === (unit || 's'));
  return count === undefined || (unit === '' && Number(count) !== 0) ? undefined : Number(count) * found!.seconds;
}

/** Formats seconds in the largest unit that gives a count of two or more: `2 d`, `36 h`, `90 s`. */
export function durationText(seconds: number): string {
  const { unit, seconds: size } = UNITS.find((each) => seconds >= 2 * each.seconds || each.seconds === 1)!;
  return `${Math.floor(seconds / size)} ${unit}`;
}
