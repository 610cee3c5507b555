/** An answer of any size: whole if its question allows so many bytes, else as a head and pages. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import {
  type AnswerHead,
  type AnswerPage,
  answerHash,
  answerText,
  byteLength,
  type Encoded,
  PAGE_TEXT,
} from '@concord-rpc/core/wire';
import type { SystemQuestion } from '../request/served-method';
import { StoredAnswer } from './stored-answer';

/** The parts of an answer. */
export interface AnswerParts {
  readonly server: string;
  /** The answer if it is sent whole. */
  readonly whole: unknown;
  /** The value whose text is sent in pages. */
  readonly content: unknown;
  /** The largest payload of the broker, in bytes. */
  readonly maxPayload: number;
}

/** One state of an answer, encoded once. */
export class PagedAnswer {
  readonly hash: string;
  /** The characters of the text. */
  readonly size: number;
  private readonly whole: StoredAnswer;
  private readonly head: StoredAnswer;
  private readonly pages: readonly StoredAnswer[];

  constructor({ server, whole, content, maxPayload }: AnswerParts) {
    const text = answerText(content);
    const hash = answerHash(text);
    const length = Math.max(1, Math.min(PAGE_TEXT, Math.floor(maxPayload / 4)));
    const count = Math.ceil(text.length / length);
    this.hash = hash;
    this.size = text.length;
    this.whole = new StoredAnswer(whole);
    this.head = new StoredAnswer({ server, hash, pages: count } satisfies AnswerHead);
    this.pages = Array.from({ length: count }, (_, page) => {
      const part = text.slice(page * length, (page + 1) * length);
      return new StoredAnswer({ server, hash, page, text: part } satisfies AnswerPage);
    });
  }

  /** True if the answer has more than one page. */
  get isLong(): boolean {
    return this.pages.length > 1;
  }

  /** Returns the whole answer if the question has room for it, else the head. */
  begin({ codec, room }: SystemQuestion): Encoded {
    if (this.size / 2 > room) return this.head.encoded(codec); // MessagePack may be shorter than the text
    const whole = this.whole.encoded(codec);
    return byteLength(whole) <= room ? whole : this.head.encoded(codec);
  }

  /**
   * Returns a page.
   *
   * @throws RpcError `invalid_argument` for a page that the answer does not have
   */
  page(index: unknown, { codec }: SystemQuestion): Encoded {
    const page = this.pages[index as number];
    if (page !== undefined) return page.encoded(codec);
    throw new RpcError('invalid_argument', `the answer has pages 0 to ${this.pages.length - 1}; got ${quote(index)}`);
  }
}
