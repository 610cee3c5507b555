/** Calendar dates as approval files write them: `2026-12-31`. */

/** The current date in UTC. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Returns whether a text is a date of the calendar in the form `2026-12-31`. */
export function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
