/** Reads answers of system methods that are larger than one message: page after page, until their hash fits. */
import { RpcError } from '@concord-rpc/core';
import {
  type AnswerHead,
  type AnswerPage,
  answerHash,
  isAnswerHead,
  isAnswerPage,
  jsonCodec,
  PAGE_QUESTION_BYTES,
  protocolError,
  type subjects,
} from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { takeCensus } from './census';

/** Pages that are asked for at one time. */
const AT_ONCE = 8;
/** Questions about an answer that changes while its pages are read. */
const MOST_TRIES = 3;

/** A question to one server whose answer can have several pages. */
export interface LargeQuestion<Answer> {
  /** The topic of the server. */
  readonly address: subjects.Address;
  /** The subject of the method on that server. */
  readonly subject: string;
  /** The time at which reading ends at the latest, on the clock of `performance.now()`. */
  readonly deadline: number;
  readonly isAnswer: (value: unknown) => value is Answer;
}

/** An answer or a refusal; both are missing if the server sent neither in time. */
export interface LargeAnswer<Answer> {
  readonly answer?: Answer;
  readonly refusal?: RpcError;
}

/** Asks one server; reads the pages if the answer has pages. Always resolves. */
export async function askAnswer<Answer extends { readonly server: string }>(
  line: Line,
  { address, subject, deadline, isAnswer }: LargeQuestion<Answer>,
): Promise<LargeAnswer<Answer>> {
  const isEither = (value: unknown): value is Answer | AnswerHead => isAnswer(value) || isAnswerHead(value);
  const question = { address, subject, deadline, isAnswer: isEither, one: true, bytes: PAGE_QUESTION_BYTES };
  let refusal: RpcError | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { servers, refusal: refused } = await takeCensus(line, question);
    const [answer] = servers;
    if (answer === undefined) return { refusal: refused };
    if (isAnswer(answer)) return { answer };
    const read = await readPages(line, { address, subject, deadline, head: answer });
    if (read.refusal === undefined)
      return isAnswer(read.answer) ? { answer: read.answer } : { refusal: protocolError("the server's answer cannot be read") };
    refusal = read.refusal;
    if (refusal.code !== 'invalid_argument') break; // else the answer has changed
  }
  return { refusal };
}

/** The pages of an answer of one server. */
export interface Pages {
  readonly address: subjects.Address;
  readonly subject: string;
  readonly deadline: number;
  readonly head: AnswerHead;
}

/** Reads all pages of an answer. Resolves to the value of their text, or to the refusal of a page. */
export async function readPages(line: Line, { address, subject, deadline, head }: Pages): Promise<LargeAnswer<unknown>> {
  const { hash, pages } = head;
  const texts: string[] = [];
  while (texts.length < pages) {
    const count = Math.min(AT_ONCE, pages - texts.length);
    const wanted = Array.from({ length: count }, (_, index) => texts.length + index);
    const read = await Promise.all(wanted.map((page) => readPage(line, { address, subject, deadline, hash, page })));
    for (const page of read) {
      if (page instanceof RpcError) return { refusal: page };
      texts.push(page.text);
    }
  }
  const text = texts.join('');
  if (answerHash(text) !== hash)
    return { refusal: protocolError(`the pages of server ${head.server} do not have the hash ${hash}`) };
  return parsed(text);
}

/** Reads one page; waits and asks again if the server limits its answers. */
async function readPage(
  line: Line,
  { address, subject, deadline, hash, page }: Omit<Pages, 'head'> & { readonly hash: string; readonly page: number },
): Promise<AnswerPage | RpcError> {
  const isAnswer = (value: unknown): value is AnswerPage => isAnswerPage(value) && value.hash === hash && value.page === page;
  for (;;) {
    const args = [page, hash];
    const { servers, refusal } = await takeCensus(line, {
      address,
      subject,
      deadline,
      args,
      isAnswer,
      one: true,
      bytes: PAGE_QUESTION_BYTES,
    });
    if (servers[0] !== undefined) return servers[0];
    const retryAfter =
      refusal?.code === 'overloaded' ? (refusal.data as { readonly retryAfter?: number } | undefined)?.retryAfter : undefined;
    if (typeof retryAfter !== 'number' || performance.now() + retryAfter >= deadline)
      return refusal ?? new RpcError('deadline_exceeded', `page ${page} did not arrive in time`, { retryable: true });
    await new Promise((resolve) => setTimeout(resolve, retryAfter));
  }
}

/** Parses the text with the limits of a reply. */
function parsed(text: string): LargeAnswer<unknown> {
  try {
    const { result, error } = jsonCodec.decodeReply(Buffer.from(`{"result":${text}}`));
    return error === undefined ? { answer: result } : { refusal: RpcError.fromWire(error) };
  } catch (thrown) {
    return { refusal: RpcError.from(thrown) };
  }
}
