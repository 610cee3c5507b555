/** JSON text as bytes and back: written in one piece, read only if it is UTF-8 and not too deep. */
import { isUtf8 } from 'node:buffer';
import { quote } from '../errors/quote';
import { protocolError } from './protocol-error';

const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;
const CLOSING_BRACE = 0x7d;

/** `head`, `body` and a closing brace as bytes. Written piece by piece: joining the texts first would copy a large body once more. */
export function framed(head: string, body: string): Uint8Array {
  const headLength = Buffer.byteLength(head);
  const bodyLength = Buffer.byteLength(body);
  const data = Buffer.allocUnsafe(headLength + bodyLength + 1);
  data.write(head, 0, headLength, 'utf8');
  data.write(body, headLength, bodyLength, 'utf8');
  data[headLength + bodyLength] = CLOSING_BRACE;
  return data;
}

/** Messages of their own as the items of one. */
export function joined(head: string, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length + 1, head.length + 1);
  const data = Buffer.allocUnsafe(length);
  let at = data.write(head, 0, 'latin1');
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
    data[at++] = COMMA;
  }
  data[at - 1] = CLOSING_BRACKET;
  data[at] = CLOSING_BRACE;
  return data;
}

/** The text of a message; `what` names it in the error. */
export function textOf(data: Uint8Array, what: string): string {
  if (!isUtf8(data)) throw protocolError(`${what} is not UTF-8`);
  return Buffer.prototype.utf8Slice.call(data, 0, data.length);
}

/** The object or array that a text holds. */
export function parse(text: string, what: string, executed: 'no' | 'maybe' = 'no'): Record<string, unknown> | unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw protocolError(`${what} is not JSON`, executed);
  }
  if (typeof value !== 'object' || value === null)
    throw protocolError(`${what} is ${quote(value)}, not an object or array`, executed);
  return value as Record<string, unknown> | unknown[];
}
