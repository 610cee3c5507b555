/** Reads MessagePack timestamps: seconds and nanoseconds in 4, 8 or 12 bytes. */

/** The extension type of timestamps, the only one that MessagePack predefines. */
export const EXT_TIMESTAMP = -1;

const MOST_NANOSECONDS = 999_999_999;

/** Returns the date of a timestamp, in milliseconds; `undefined` if the bytes are not a timestamp, or outside the range of Date. */
export function readTimestamp(view: DataView, at: number, length: number): Date | undefined {
  const time = readTime(view, at, length);
  if (time === undefined || time.nanoseconds > MOST_NANOSECONDS) return undefined;
  const date = new Date(time.seconds * 1_000 + Math.floor(time.nanoseconds / 1_000_000));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function readTime(view: DataView, at: number, length: number): { seconds: number; nanoseconds: number } | undefined {
  switch (length) {
    case 4:
      return { seconds: view.getUint32(at), nanoseconds: 0 };
    case 8: {
      // 30 bits of nanoseconds, 34 bits of seconds
      const high = view.getUint32(at);
      return { seconds: (high & 3) * 2 ** 32 + view.getUint32(at + 4), nanoseconds: high >>> 2 };
    }
    case 12:
      return { seconds: Number(view.getBigInt64(at + 4)), nanoseconds: view.getUint32(at) };
    default:
      return undefined;
  }
}
