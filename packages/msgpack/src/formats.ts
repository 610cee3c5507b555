/** The first bytes of MessagePack values that carry part of the value in them, or that we write ourselves. */

/** Non-negative integers end here, and maps of up to 15 entries begin. */
export const FIXMAP = 0x80;
/** Arrays of up to 15 items. */
export const FIXARRAY = 0x90;
/** Texts of up to 31 bytes. */
export const FIXSTR = 0xa0;
/** From here on the first byte names a format. */
export const NAMED = 0xc0;
/** Texts whose length is in the next byte. */
export const STR_8 = 0xd9;
/** Negative integers, -32 to -1. */
export const NEGATIVE = 0xe0;
/** An array whose number of items is in the next two bytes. */
export const ARRAY_16 = 0xdc;

const MAP_32 = 0xdf;

/** Whether a message may begin with this byte: messages are maps and arrays. */
export function beginsMessage(byte: number): boolean {
  return (byte >= FIXMAP && byte < FIXSTR) || (byte >= ARRAY_16 && byte <= MAP_32);
}
