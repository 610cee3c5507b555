/** A cast with a nonce that asks to be accepted: the server confirms it with one notice, or says why it refuses it. */
import 'reflect-metadata';
import { createClient, Endpoint, RpcMethod, RpcServer, remote, rpcContext } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'confirmed', version: '1.1' })
abstract class Jobs {
  @RpcMethod() run(_job: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'call' }) ask(): Promise<string> {
    return remote();
  }
}

const ANY = 'rpc.default.confirmed.any._.1';
const TO = 'rpc.default.confirmed.to.s._.1';

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let ran: string[];
  let server: RpcServer;

  beforeEach(async () => {
    ran = [];
    const run = async (job: string) => {
      rpcContext().progress('a cast reports no progress');
      ran.push(job);
      if (job === 'bad') throw new Error('failed');
      return job;
    };
    server = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, maxConcurrent: 1, maxQueue: 0 });
    await broker.startServer(server.register(Jobs, { run, ask: async () => 'asked' }));
  });

  /** Everything that a server replies to a message until it has answered another. */
  async function repliesTo(subject: string, message: object): Promise<any[]> {
    const replies: any[] = [];
    const subscription = broker.transport.subscribe('_INBOX.hand', {
      deliver: ({ data }) => replies.push(JSON.parse(Buffer.from(data).toString())),
      noResponders: () => replies.push('no responders'),
    });
    broker.transport.publish(subject, Buffer.from(JSON.stringify(message)), '_INBOX.hand');
    await createClient(broker.transport, Jobs, { retry: { attempts: 5 } })
      .$to('s')
      .ask();
    await until(() => server.stats().inFlight === 0);
    await broker.transport.flush();
    await subscription.drain();
    return replies;
  }

  const taken = { re: 'n', alive: 1, server: 's' };
  const refusal = (code: string) => ({ re: 'n', error: expect.objectContaining({ code, executed: 'no' }) });

  test.each<[string, string, object, unknown[], string[]]>([
    ['taken', `${ANY}.run.0`, { re: 'n', cast: true, accept: true, args: ['a'] }, [taken], ['a']],
    ['taken by name', `${TO}.run.1`, { re: 'n', cast: true, accept: true, args: ['a'] }, [taken], ['a']],
    ['taken, and fails', `${ANY}.run.0`, { re: 'n', cast: true, accept: true, args: ['bad'] }, [taken], ['bad']],
    ['taken, with heartbeats', `${ANY}.run.0`, { re: 'n', cast: true, accept: true, monitor: 1, args: ['a'] }, [taken], ['a']],
    ['not asked to be confirmed', `${ANY}.run.0`, { re: 'n', cast: true, args: ['a'] }, [], ['a']],
    ['without a nonce', `${ANY}.run.0`, { cast: true, accept: true, args: ['a'] }, [], ['a']],
    [
      'with a wrong argument',
      `${ANY}.run.0`,
      { re: 'n', cast: true, accept: true, args: [7] },
      [refusal('invalid_argument')],
      [],
    ],
    ['of a method for calls', `${ANY}.ask.0`, { re: 'n', cast: true, accept: true, args: [] }, [refusal('invalid_target')], []],
    ['of an unknown method', `${TO}.stop.0`, { re: 'n', cast: true, accept: true, args: [] }, [refusal('no_such_method')], []],
  ])('a cast that is %s', async (_what, subject, message, replies, jobs) => {
    expect(await repliesTo(subject, message)).toEqual(replies);
    expect(ran).toEqual(jobs);
  });
});
