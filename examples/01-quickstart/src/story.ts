/** The story: who meets whom, release by release. */
import { createClient, RpcServer, type Transport } from 'concord-rpc';
import { Narration } from './narration';
import { MyApi as MyApi10 } from './release-1.0/my-api';
import { MyService as MyService10 } from './release-1.0/my-service';
import { MyApi as MyApi11 } from './release-1.1/my-api';
import { MyService as MyService11 } from './release-1.1/my-service';
import { MyApi as MyApi12 } from './release-1.2/my-api';
import { MyService as MyService12 } from './release-1.2/my-service';

/** Runs the story on a transport. Every printed result is the actual result of a call. */
export async function tellStory(transport: Transport): Promise<void> {
  const narration = new Narration();
  const client10 = createClient(transport, MyApi10);
  const client11 = createClient(transport, MyApi11);
  const client12 = createClient(transport, MyApi12);

  narration.title('Release 1.0: my-topic has one method');
  const old = await started(
    new RpcServer(transport, { server: 'server-A' }).register(MyApi10, new MyService10('server-A (1.0)')),
  );
  await narration.call("client 1.0  myRemoteMethod('a', 'b')", () => client10.myRemoteMethod('a', 'b'));

  narration.title('Release 1.1 adds myRemoteMethod2; the client is upgraded before the server');
  await narration.call("client 1.1  myRemoteMethod('a', 'b')", () => client11.myRemoteMethod('a', 'b'));
  await narration.call("client 1.1  myRemoteMethod2('a')", () => client11.myRemoteMethod2('a'));

  narration.title('The server is upgraded; the old client works as before');
  await old.stop();
  const first = await started(
    new RpcServer(transport, { server: 'server-A' }).register(MyApi11, new MyService11('server-A (1.1)')),
  );
  await narration.call("client 1.1  myRemoteMethod2('a')", () => client11.myRemoteMethod2('a'));
  await narration.call("client 1.0  myRemoteMethod('a', 'b')", () => client10.myRemoteMethod('a', 'b'));

  narration.title('Release 1.2 adds arg2 to myRemoteMethod2: only calls that pass it need 1.2');
  await narration.call("client 1.2  myRemoteMethod2('a')", () => client12.myRemoteMethod2('a'));
  await narration.call("client 1.2  myRemoteMethod2('a', 'b')", () => client12.myRemoteMethod2('a', 'b'));

  narration.title('Half upgraded: server-A and server-B at 1.1, server-C at 1.2, in one group');
  const second = await started(
    new RpcServer(transport, { server: 'server-B' }).register(MyApi11, new MyService11('server-B (1.1)')),
  );
  const third = await started(
    new RpcServer(transport, { server: 'server-C' }).register(MyApi12, new MyService12('server-C (1.2)')),
  );
  const newer = await narration.callMany(60, "client 1.2  myRemoteMethod2('a', 'b')", () => client12.myRemoteMethod2('a', 'b'));
  narration.say(`  all by ${[...newer.keys()].join(' and ')}`);
  const any = await narration.callMany(60, "client 1.2  myRemoteMethod2('a')", () => client12.myRemoteMethod2('a'));
  narration.say(`  shared by ${[...any.keys()].sort().join(', ')}`);
  await narration.call("client 1.1  myRemoteMethod2('a') on server-C", () => client11.$to('server-C').myRemoteMethod2('a'));

  narration.title('server-C stops: calls that need 1.2 are refused at once with the reason; other calls succeed');
  await third.stop();
  await narration.call("client 1.2  myRemoteMethod2('a', 'b')", () => client12.myRemoteMethod2('a', 'b'));
  const left = await narration.callMany(60, "client 1.2  myRemoteMethod2('a')", () => client12.myRemoteMethod2('a'));
  narration.say(`  shared by ${[...left.keys()].sort().join(', ')}`);

  narration.title('During an upgrade the client can be capped: it checks first, and never sends anything newer');
  const capped = client12.$with({ versionCap: '1.1' });
  narration.say(`$canSend('myRemoteMethod2', 'a')      -> ${capped.$canSend('myRemoteMethod2', 'a')}`);
  narration.say(`$canSend('myRemoteMethod2', 'a', 'b') -> ${capped.$canSend('myRemoteMethod2', 'a', 'b')}`);
  await narration.call("client 1.2, capped at 1.1  myRemoteMethod2('a', 'b')", () => capped.myRemoteMethod2('a', 'b'));

  await Promise.all([first.stop(), second.stop()]);
  narration.end();
}

async function started(server: RpcServer): Promise<RpcServer> {
  await server.start();
  return server;
}
