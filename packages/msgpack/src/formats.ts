/** First bytes of MessagePack formats: those that contain part of the value, and those that Concord writes itself. */

/** Maps of up to 15 entries. Smaller bytes are non-negative integers. */
export const FIXMAP = 0x80;
/** Arrays of up to 15 items. */
export const FIXARRAY = 0x90;
/** Texts of up to 31 bytes. */
export const FIXSTR = 0xa0;
/** From this byte on, the first byte names a format. */
export const NAMED = 0xc0;
/** Texts whose length is in the next byte. */
export const STR_8 = 0xd9;
/** Negative integers, -32 to -1. */
export const NEGATIVE = 0xe0;
/** An array whose number of items is in the next two bytes. */
export const ARRAY_16 = 0xdc;

const MAP_32 = 0xdf;

/** Returns true if a message can begin with this byte. Messages are maps and arrays. */
export function beginsMessage(byte: number): boolean {
  return (byte >= FIXMAP && byte < FIXSTR) || (byte >= ARRAY_16 && byte <= MAP_32);
}
