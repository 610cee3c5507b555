/** Measures the CPU time that one hostile message costs a server, by shape and size, in one process: `node bench/hostile-shapes.mjs`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = process.argv[2] ?? join(import.meta.dirname, '..');
const load = createRequire(join(root, 'package.json'));
load('reflect-metadata');
const { Endpoint, MemoryTransport, RpcMethod, RpcServer, remote } = load(join(root, 'packages/concord-rpc'));
const cv = load('class-validator');
const { Type } = load('class-transformer');

const SIZES = [16_384, 65_536, 262_144, 1_048_576];
const RUNS = 5;
const BUDGET = 50;

function decorate(prototype, name, ...decorators) {
  for (const decorator of decorators) decorator(prototype, name);
}

class Item {}
decorate(Item.prototype, 'name', cv.IsOptional(), cv.IsString());
decorate(
  Item.prototype,
  'inner',
  cv.IsOptional(),
  cv.ValidateNested(),
  Type(() => Item),
);
decorate(
  Item.prototype,
  'items',
  cv.IsOptional(),
  cv.ValidateNested({ each: true }),
  cv.IsArray(),
  Type(() => Item),
);
class Choice {}
decorate(Choice.prototype, 'choice', cv.IsIn(Array.from({ length: 100 }, (_, index) => `choice ${index}`)));
class Holder {}
decorate(
  Holder.prototype,
  'items',
  cv.IsOptional(),
  cv.ValidateNested({ each: true }),
  cv.IsArray(),
  Type(() => Item),
);
decorate(
  Holder.prototype,
  'choices',
  cv.IsOptional(),
  cv.ValidateNested({ each: true }),
  cv.IsArray(),
  Type(() => Choice),
);
decorate(Holder.prototype, 'unique', cv.IsOptional(), cv.ArrayUnique());
decorate(Holder.prototype, 'texts', cv.IsOptional(), cv.IsString({ each: true }));
decorate(Holder.prototype, 'text', cv.IsOptional(), cv.IsString(), cv.MaxLength(10));

class Api {
  take() {
    return remote();
  }
}
Reflect.defineMetadata('design:paramtypes', [Holder], Api.prototype, 'take');
RpcMethod({ returns: Number })(Api.prototype, 'take', Object.getOwnPropertyDescriptor(Api.prototype, 'take'));
Endpoint({ topic: 'shapes' })(Api);

/** Fills a message with a repeated part up to a size. */
const filled = (size, before, part, after) => {
  const parts = [];
  let length = before.length + after.length;
  for (let index = 0; ; index++) {
    const next = part(index);
    length += next.length + 1;
    if (length > size) break;
    parts.push(next);
  }
  return `${before}${parts.join(',')}${after}`;
};
const args = (size, before, part, after) => filled(size, `{"args":[{${before}`, part, `${after}}]}`);

const SHAPES = {
  'objects and numbers in turn': (size) => args(size, '"items":[', (index) => (index % 2 ? '5' : '{}'), ']'),
  'valid empty objects': (size) => args(size, '"items":[', () => '{}', ']'),
  'valid objects with a text': (size) => args(size, '"items":[', () => '{"name":"a"}', ']'),
  'valid objects, deep': (size) => args(size, '"items":[', () => `${'{"inner":'.repeat(40)}{}${'}'.repeat(40)}`, ']'),
  'a wrong leaf in deep lists': (size) =>
    args(size, '"items":[', () => `${'{"items":[{},{},'.repeat(20)}{"name":5}${']}'.repeat(20)}`, ']'),
  'objects without their choice of 100': (size) => args(size, '"choices":[', () => '{}', ']'),
  'wrong choices': (size) => args(size, '"choices":[', () => '{"choice":"x"}', ']'),
  'unique numbers': (size) => args(size, '"unique":[', String, ']'),
  'numbers where texts are due': (size) => args(size, '"texts":[', () => '5', ']'),
  'unknown properties': (size) => args(size, '', (index) => `"k${index}":1`, ''),
  'properties named by numbers': (size) => args(size, '', (index) => `"${index * 7}":1`, ''),
  'properties that repeat': (size) => args(size, '', () => '"text":1', ''),
  'one long text': (size) => args(size, '"text":"', () => 'x'.repeat(size - 30), '"'),
  'escaped text': (size) => args(size, '"text":"', () => '\\u00e9'.repeat((size - 40) / 6), '"'),
  'a long number': (size) => args(size, '"text":', () => '1'.repeat(size - 40), ''),
  'unclosed arrays': (size) => '['.repeat(size),
  'empty arrays': (size) => args(size, '"unique":[', () => '[]', ']'),
  'prototype keys': (size) => args(size, '"items":[', () => '{"__proto__":1}', ']'),
  'unknown arguments by name': (size) => filled(size, '{"args":{', (index) => `"k${index}":1`, '}}'),
  'too many arguments': (size) => filled(size, '{"args":[', () => '{}', ']}'),
  'a batch of valid objects': (size) =>
    filled(
      size,
      '{"re":"0123456789abcdef","calls":[',
      (index) => (index < 250 ? args(Math.floor(size / 251), '"items":[', () => '{}', ']') : 'x'.repeat(size)),
      ']}',
    ),
  'a context with many keys': (size) => filled(size, '{"args":[{}],"context":{', (index) => `"k${index}":1`, '}}'),
};

const transport = new MemoryTransport();
const quiet = { warn: () => undefined, error: () => undefined, info: () => undefined, debug: () => undefined };
const server = new RpcServer(transport, { logger: quiet, strict: false }).register(Api, { take: () => 1 });
await server.start();
let answer = '';
transport.subscribe('_INBOX.x', { deliver: ({ data }) => (answer = Buffer.from(data).toString('latin1', 0, 400)) });

/** Sends one message and returns the longest CPU time of the turns that it takes, in milliseconds. */
async function cost(text) {
  const data = Buffer.from(text);
  answer = '';
  let longest = 0;
  let before = process.cpuUsage();
  transport.publish('rpc.default.shapes.any._.1.take.0', data, '_INBOX.x');
  for (let turn = 0; turn < 100; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
    before = process.cpuUsage();
    if (answer !== '' && turn > 3) break;
  }
  return longest;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const rows = [];
let over = 0;
for (const [name, shape] of Object.entries(SHAPES)) {
  const columns = [];
  let code = '';
  for (const size of SIZES) {
    const text = shape(size);
    const costs = [];
    for (let run = 0; run < RUNS; run++) {
      costs.push(await cost(text));
      if (costs[0] > 2_000) break;
    }
    code = /"code":"(\w+)"/.exec(answer)?.[1] ?? (answer === '' ? 'no answer' : 'ran');
    const typical = median(costs);
    if (typical > BUDGET) over++;
    columns.push(`${typical.toFixed(1)} ${code}`);
  }
  rows.push(`| ${name} | ${columns.join(' | ')} |`);
}
console.log(`| CPU time of one message, ms | ${SIZES.map((size) => `${size / 1024} kB`).join(' | ')} |`);
console.log(`|---|${SIZES.map(() => '---|').join('')}`);
for (const row of rows) console.log(row);
console.log(`${over} of ${rows.length * SIZES.length} are over ${BUDGET} ms`);
await server.stop();
await transport.close();
