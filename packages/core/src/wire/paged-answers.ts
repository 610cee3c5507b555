/** Answers of system methods: how much larger than its question an answer can be, and the pages of an answer that is larger. */
import { createHash } from 'node:crypto';
import { isServerName } from '../values/target';

/** Most bytes of an answer for each byte of its question. */
export const MOST_TIMES = 20;

/** Most bytes of a page of an answer, with its envelope. */
export const PAGE_BYTES = 16_384;

/** Most characters of the text in a page. In JSON, a character of the text takes at most two bytes. */
export const PAGE_TEXT = 8_000;

/** Most pages of an answer that are read. */
export const MOST_PAGES = 1_024;

/** Bytes of a question that gets any page. */
export const PAGE_QUESTION_BYTES = 1_024;

/** A SHA-256 in hexadecimal digits. */
const HASH = /^[0-9a-f]{64}$/;

/** The response to a question whose answer is too large for it: the text of the answer has this hash and so many pages. */
export interface AnswerHead {
  readonly server: string;
  /** SHA-256 of the text, in hexadecimal digits. Servers with equal contracts describe them with the same hash. */
  readonly hash: string;
  readonly pages: number;
}

/** A page of an answer. The pages of an answer joined in order are JSON text. */
export interface AnswerPage {
  readonly server: string;
  readonly hash: string;
  /** The number of the page, from 0. */
  readonly page: number;
  readonly text: string;
}

/** Returns the text of an answer: JSON in ASCII, so that every part of it is a text. */
export function answerText(value: unknown): string {
  return JSON.stringify(value).replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Returns the hash of an answer's text. */
export function answerHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns whether a value is the head of an answer. */
export function isAnswerHead(value: unknown): value is AnswerHead {
  if (!isHashed(value)) return false;
  const { pages } = value as unknown as AnswerHead;
  return Number.isInteger(pages) && pages >= 1 && pages <= MOST_PAGES;
}

/** Returns whether a value is a page of an answer. */
export function isAnswerPage(value: unknown): value is AnswerPage {
  if (!isHashed(value)) return false;
  const { page, text } = value as unknown as AnswerPage;
  return Number.isInteger(page) && typeof text === 'string' && text.length <= PAGE_TEXT;
}

function isHashed(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const { server, hash } = value as Readonly<Record<string, unknown>>;
  return isServerName(server) && typeof hash === 'string' && HASH.test(hash);
}
