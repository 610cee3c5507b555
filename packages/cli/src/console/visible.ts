/** Text that somebody on the bus has sent, as it may be shown at a terminal. */

/** On one line, without what would steer a terminal, and not too long. */
export function visible(text: string): string {
  const shown = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

const LONGEST = 64;
