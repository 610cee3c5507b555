/** The types of concord-rpc that users name in the signatures of their own functions. Checked by `tsc -b`. */
import {
  type CallLimits,
  type CallMethods,
  type CallOptions,
  type CastMethods,
  type ContextValues,
  createClient,
  type DrainOptions,
  type EachAnswer,
  type EachMethods,
  Endpoint,
  type ErrorData,
  type Executed,
  isRpcError,
  type Logger,
  MemoryTransport,
  type RetryOptions,
  RpcMethod,
  RpcServer,
  type RunningServer,
  remote,
  type ServerHealth,
  type ServerStats,
  type StopOptions,
} from 'concord-rpc';

@Endpoint({ topic: 'public-types', version: '1.0', name: 'Nodes' })
abstract class Nodes {
  @RpcMethod({ returns: [String] }) list(): Promise<string[]> {
    return remote();
  }
  @RpcMethod({ mode: 'fanout' }) changed(): Promise<void> {
    return remote();
  }
}

const retry: RetryOptions = { attempts: 2 };
const limits: CallLimits = { maxConcurrent: 4 };
const stop: StopOptions & DrainOptions = { timeout: 1_000 };
const lines: string[] = [];
const logger: Logger = { warn: (line) => void lines.push(String(line)), error: (line) => void lines.push(String(line)) };

const optionsFor = (context: ContextValues): CallOptions => ({ context, retry, timeout: 1_000 });
const listed = ({ list }: CallMethods<Pick<Nodes, 'list'>>) => list();
const announced = ({ changed }: CastMethods<Pick<Nodes, 'changed'>>) => changed();
const answersOf = async ({ list }: EachMethods<Pick<Nodes, 'list'>>): Promise<EachAnswer<string[]>[]> => {
  const answers = [];
  for await (const answer of list()) answers.push(answer);
  return answers;
};
const namesOf = (servers: readonly (RunningServer | ServerHealth)[]) => servers.map(({ server }) => server);
const startedBy = ({ started }: ServerStats) => started;
const servedBy = ({ served }: ErrorData['unsupported_version']) => served.map(({ version }) => version);
const executedOf = (error: unknown): Executed | undefined => (isRpcError(error) ? error.executed : undefined);

test('users write functions that take and return the types of concord-rpc', async () => {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: 'node-1', logger, ...limits });
  server.register(Nodes, { list: async () => ['a'], changed: async () => undefined });
  await server.start();
  const nodes = createClient(transport, Nodes).$with(optionsFor({ tenant: 't' }));
  expect(await listed(nodes)).toEqual(['a']);
  await announced(nodes.$fanout);
  expect(await answersOf(nodes.$each)).toEqual([{ server: 'node-1', value: ['a'] }]);
  expect(namesOf(await nodes.$ping())).toEqual(['node-1']);
  expect(namesOf(await nodes.$servers())).toEqual(['node-1']);
  expect(startedBy(server.stats())).toBeGreaterThanOrEqual(3);
  await server.stop(stop);
  expect(servedBy({ needs: '1.2', served: [{ version: '1.1' }] })).toEqual(['1.1']);
  expect(executedOf(await nodes.list().catch((error) => error))).toBe('no');
  await transport.close();
});
