/**
 * Runs the table of types with one library, as an ES module in plain Node: `run.mjs zod NATS-URL`. Prints one line of JSON: the contract files, and
 * what became of every value, by transport and codec. Needs the build.
 */
import { contractOf, createClient, defineContract, MemoryTransport, NatsTransport, RpcServer } from 'concord-rpc';
import { rows } from './rows.mjs';

const [library, url] = process.argv.slice(2);
const { schemas, changes, asynchronous, hostile } = await import(`./${library}.mjs`);

function tableIn(codec) {
  const methods = Object.entries(rows).map(([name, { isResult }]) => [
    name,
    { args: [{ name: 'value', type: schemas[name] }], returns: isResult === false ? undefined : schemas[name] },
  ]);
  for (const [, method] of methods) if (method.returns === undefined) delete method.returns;
  return defineContract({ name: 'Table', topic: `table-${codec}`, codec, methods: Object.fromEntries(methods) });
}

/** The contract before and after a change of an argument, or of a result. */
function changed(name, version, part, side) {
  const method = part === 'argument' ? { args: [{ name: 'value', type: side }] } : { returns: side };
  return contractOf(defineContract({ name, topic: 'changes', version, methods: { method } }));
}

async function runRow(client, name, got) {
  const { good, bad, isResult } = rows[name];
  const outcomes = [];
  for (const [sent] of good) {
    const result = await client[name](sent);
    outcomes.push({ got: got.pop(), ...(isResult !== false && { result }) });
  }
  const refused = [];
  for (const [sent] of bad) {
    refused.push(
      await client[name](sent).then(
        () => 'accepted',
        ({ code, executed, data }) => ({ code, executed, ...data }),
      ),
    );
  }
  return { outcomes, refused };
}

async function run(transport, codec) {
  const got = [];
  const Table = tableIn(codec);
  const take = (value) => {
    got.push(structuredClone(value));
    return value;
  };
  const server = new RpcServer(transport).register(Table, Object.fromEntries(Object.keys(rows).map((name) => [name, take])));
  await server.start();
  const client = createClient(transport, Table);
  const results = {};
  for (const name of Object.keys(rows)) results[name] = await runRow(client, name, got);
  await server.stop();
  return results;
}

/** Values that are made to do harm: many issues, deep nesting, undeclared properties of a result. */
async function runHostile(transport) {
  const Hostile = defineContract({
    name: 'Hostile',
    topic: 'hostile',
    methods: { take: { args: [{ name: 'value', type: hostile }] }, leak: { returns: hostile } },
  });
  const leak = () => ({ items: ['a'], any: { hasOwnProperty: 1 }, secret: 'b' });
  const server = new RpcServer(transport).register(Hostile, { take: () => {}, leak });
  await server.start();
  const client = createClient(transport, Hostile);
  const refusal = (value) =>
    client.take(value).then(
      () => 'accepted',
      ({ code, message, data }) => ({ code, message, data }),
    );
  const many = await refusal({ items: Array.from({ length: 10_000 }, () => 1) });
  const deep = await refusal({ items: Array.from({ length: 60 }).reduce((inner) => [inner], []) });
  const leaked = await client.leak();
  await server.stop();
  return { many, deep, leaked };
}

const memory = new MemoryTransport();
const table = { memory: { json: await run(memory, 'json'), msgpack: await run(memory, 'msgpack') } };
if (url !== undefined) {
  const nats = await NatsTransport.connect({ servers: url });
  table.nats = { json: await run(nats, 'json'), msgpack: await run(nats, 'msgpack') };
  await nats.close();
}
let refusal;
if (asynchronous !== undefined) {
  const Later = defineContract({
    name: 'Later',
    topic: 'later',
    methods: { take: { args: [{ name: 'value', type: asynchronous }] } },
  });
  try {
    const server = new RpcServer(memory).register(Later, { take: () => {} });
    await server.start();
    refusal = await createClient(memory, Later)
      .take('a')
      .then(
        () => 'accepted',
        ({ message }) => message,
      );
    await server.stop();
  } catch ({ message }) {
    refusal = message;
  }
}
const parts = ['argument', 'result'];
const compared = Object.entries(changes).flatMap(([name, [before, after]]) =>
  parts.map((part) => ({ name, part, before: changed(name, '1.0', part, before), after: changed(name, '1.1', part, after) })),
);
console.log(
  JSON.stringify({ contract: contractOf(tableIn('json')), table, compared, refusal, hostile: await runHostile(memory) }),
);
