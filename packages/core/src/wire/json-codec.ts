/** The default wire format: one JSON object a message, written as text around `JSON.stringify` of the arguments or the result. */
import type { WireError } from '../errors/rpc-error';
import type { Codec, EncodedArgs, Notice, Reply, Request, RequestEncoder, RequestExtras } from '../ports/codec';
import { REPLY, REQUEST } from './envelope';
import { framed, joined, parse, textOf } from './json-text';
import { encodeJson, isTooDeep, mayHavePrototypeKey } from './json-values';
import { protocolError } from './protocol-error';
import { readReplies } from './read-reply';
import { readRequests } from './read-request';

/** Replies up to this size are parsed without looking for depth first: parsing them takes a few milliseconds at most, however deep. */
const SHALLOW_ENOUGH = 65_536;

/** JSON, UTF-8. */
export const jsonCodec: Codec = {
  name: 'json',
  requestEncoder,
  decodeRequest,
  encodeResult,
  encodeError,
  encodeItem: (item) => encodeJson(item === undefined ? null : item, 'item', 'reply'),
  encodeItems,
  encodeNotice,
  decodeReply,
  batchRequests: (requests, nonce) => joined(`{"${REQUEST.nonce}":"${nonce}","${REQUEST.calls}":[`, requests),
  batchReplies: (replies) => joined(`{"${REPLY.replies}":[`, replies),
};

function requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder {
  const beforeTtl = `","${REQUEST.ttl}":`;
  const afterTtl = `,"${REQUEST.contract}":"${contract}"`;
  const beforeArgs = `,"${REQUEST.args}":`;
  const beforeCastArgs = `{"${REQUEST.cast}":true`;
  const beforeNonce = `{"${REQUEST.nonce}":"`;
  return {
    args: (args) => encodeArgs(args, argNames),
    call: (args, nonce, ttl, extras) =>
      framed(
        `${beforeNonce}${nonce}${ttl === undefined ? '"' : `${beforeTtl}${ttl}`}${afterTtl}${encodeExtras(extras)}${beforeArgs}`,
        args as string,
      ),
    cast: (args, extras) => framed(`${beforeCastArgs}${encodeExtras(extras)}${beforeArgs}`, args as string),
  };
}

function encodeExtras(extras: RequestExtras | undefined): string {
  if (extras === undefined) return '';
  const text = encodeJson(extras, 'context', 'request');
  return text === '{}' ? '' : `,${text.slice(1, -1)}`;
}

/** Arguments as an array, without trailing `undefined`s; with a hole as an object by index, because JSON has no `undefined`. */
function encodeArgs(args: readonly unknown[], names: readonly string[]): string {
  let length = args.length;
  while (length > 0 && args[length - 1] === undefined) length--;
  let text = '';
  for (let index = 0; index < length; index++) {
    if (args[index] === undefined) return encodeArgsWithHoles(args, names);
    text += `${index === 0 ? '' : ','}${encodeJson(args[index], names[index]!, 'request')}`;
  }
  return `[${text}]`;
}

function encodeArgsWithHoles(args: readonly unknown[], names: readonly string[]): string {
  const parts = args.flatMap((arg, index) =>
    arg === undefined ? [] : [`"${index}":${encodeJson(arg, names[index]!, 'request')}`],
  );
  return `{${parts.join(',')}}`;
}

function decodeRequest(data: Uint8Array): Request {
  if (isTooDeep(data)) throw protocolError('request is nested too deep');
  const text = textOf(data, 'request');
  return readRequests(parse(text, 'request'), mayHavePrototypeKey(text));
}

function encodeResult(result: unknown, nonce: string | undefined, server?: string): Uint8Array {
  return result === undefined
    ? Buffer.from(`{${replyHead(nonce, server).slice(0, -1)}}`)
    : encodeReply(REPLY.result, result, nonce, server);
}

function encodeError(error: WireError, nonce: string | undefined, server?: string): Uint8Array {
  return encodeReply(REPLY.error, error, nonce, server);
}

function encodeItems(items: readonly EncodedArgs[], end: boolean, nonce: string | undefined): Uint8Array {
  const head = `{${replyHead(nonce, undefined)}${end ? `"${REPLY.end}":true,` : ''}"${REPLY.items}":`;
  return framed(head, `[${items.join(',')}]`);
}

function encodeNotice({ alive, server, progress }: Notice, nonce: string | undefined): Uint8Array {
  const head = `{${replyHead(nonce, undefined)}"${REPLY.alive}":${alive},"${REPLY.server}":"${server}"`;
  if (progress === undefined) return Buffer.from(`${head}}`);
  return framed(`${head},"${REPLY.progress}":`, encodeJson(progress, 'progress', 'reply'));
}

function encodeReply(key: string, value: unknown, nonce: string | undefined, server: string | undefined): Uint8Array {
  return framed(`{${replyHead(nonce, server)}"${key}":`, encodeJson(value, key, 'reply'));
}

/** What a reply says before its result, each part with a comma behind it. The nonce is echoed as it came: JSON text again, whatever it held. */
function replyHead(nonce: string | undefined, server: string | undefined): string {
  const echo = nonce === undefined ? '' : `"${REPLY.nonce}":${JSON.stringify(nonce)},`;
  return server === undefined ? echo : `${echo}"${REPLY.server}":"${server}",`;
}

function decodeReply(data: Uint8Array): Reply {
  if (data.length > SHALLOW_ENOUGH && isTooDeep(data)) throw protocolError('reply is nested too deep', 'maybe');
  return readReplies(parse(textOf(data, 'reply'), 'reply', 'maybe'));
}
