/** The types of contracts with schemas: callers see the input of arguments and the output of results, handlers the other sides. `tsc -b` checks them. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import {
  type ContractOf,
  contractOf,
  createClient,
  defineContract,
  type Implementation,
  MemoryTransport,
  nullable,
  oneOf,
  recordOf,
  type TypeToken,
} from 'concord-rpc';
import * as v from 'valibot';
import { z } from 'zod';

/** `true` for two types that take the same values, neither of which is `any`. */
type Same<A, B> = 0 extends 1 & A ? never : [A, B] extends [B, A] ? true : never;
function same<A, B>(proof: Same<A, B>): void {
  expect(proof).toBe(true);
}

const Port = z.object({ id: z.string(), mtu: z.number().default(1500) });
const Plain = z.object({ id: z.string(), note: z.string().optional() });
const Later = z.iso.date().transform((text) => new Date(text));
const Name = toStandardJsonSchema(v.pipe(v.string(), v.transform(Number), v.number()));
type PortIn = { id: string; mtu?: number | undefined };
type PortOut = { id: string; mtu: number };

const Ports = defineContract({
  name: 'Ports',
  topic: 'ports',
  version: '1.1',
  methods: {
    plain: { args: [{ name: 'port', type: Plain }], returns: Plain },
    put: { args: [{ name: 'port', type: Port }], returns: Port },
    places: {
      args: [
        { name: 'list', type: [Port] },
        { name: 'maybe', type: nullable(Port) },
        { name: 'table', type: recordOf(Port) },
        { name: 'union', type: oneOf(Port, Number) },
        { name: 'later', type: () => Port },
      ],
      returns: [nullable(Port)],
    },
    optional: {
      args: [
        { name: 'since', type: Later },
        { name: 'limit', type: z.number().default(10) },
        { name: 'after', type: z.string().optional() },
        { name: 'late', type: z.boolean(), since: '1.1' },
      ],
    },
    named: { args: [{ name: 'name', type: Name }] },
    watch: { mode: 'stream', returns: Port },
  },
});
type Ports = ContractOf<typeof Ports>;
type Handlers = Implementation<Ports>;

test('callers send the input of arguments and get the output of results', () => {
  same<Parameters<Ports['plain']>, [port: { id: string; note?: string | undefined }]>(true);
  same<Parameters<Ports['put']>, [port: PortIn]>(true);
  same<ReturnType<Ports['put']>, Promise<PortOut>>(true);
  same<
    Parameters<Ports['places']>,
    [list: PortIn[], maybe: PortIn | null, table: Record<string, PortIn>, union: PortIn | number, later: PortIn]
  >(true);
  same<ReturnType<Ports['places']>, Promise<(PortOut | null)[]>>(true);
  same<Parameters<Ports['optional']>, [since: string, limit?: number, after?: string, late?: boolean]>(true);
  same<Parameters<Ports['named']>, [name: string]>(true);
  same<ReturnType<Ports['watch']>, AsyncIterable<PortOut>>(true);
});

test('handlers get the output of arguments and return the input of results', () => {
  same<Parameters<Handlers['plain']>, [port: { id: string; note?: string | undefined }]>(true);
  same<Parameters<Handlers['put']>, [port: PortOut]>(true);
  same<ReturnType<Handlers['put']>, PortIn | Promise<PortIn>>(true);
  same<
    Parameters<Handlers['places']>,
    [list: PortOut[], maybe: PortOut | null, table: Record<string, PortOut>, union: PortOut | number, later: PortOut]
  >(true);
  same<Parameters<Handlers['optional']>, [since: Date, limit: number, after?: string, late?: boolean]>(true);
  same<Parameters<Handlers['named']>, [name: number]>(true);
});

test('clients have these types, and a method whose schemas convert nothing is one function', () => {
  const client = createClient(new MemoryTransport(), Ports);
  same<Parameters<typeof client.put>, [port: PortIn]>(true);
  same<ReturnType<typeof client.put>, Promise<PortOut>>(true);
  // @ts-expect-error a port has an id
  const wrong = () => client.put({ mtu: 1 });
  expect(wrong).toBeDefined();
});

test('any schema that follows the standard is a type', () => {
  const schema = undefined as unknown as StandardSchemaV1<string, number> & StandardJSONSchemaV1<string, number>;
  const token: TypeToken = schema;
  expect(token).toBeUndefined();
  expect(contractOf(Ports).endpoints['Ports@1']!.methods.optional!.args!.map(({ required = true }) => required)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
