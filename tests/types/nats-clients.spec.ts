/** The types of both NATS clients as options of `NatsTransport.connect`. Checked by `tsc -b`. */
import * as transportNode from '@nats-io/transport-node';
import { NatsTransport, type NatsTransportOptions } from 'concord-rpc';
import * as nats from 'nats';

// options and connections of both clients are options of the transport
const ofNats = (options: nats.ConnectionOptions): NatsTransportOptions => options;
const ofTransportNode = (options: transportNode.NodeConnectionOptions): NatsTransportOptions => options;
const overNats = (connection: nats.NatsConnection): Promise<NatsTransport> => NatsTransport.connect({ connection });
const overTransportNode = (connection: transportNode.NatsConnection): Promise<NatsTransport> =>
  NatsTransport.connect({ connection, root: 'rpc' });

// options that no client has are refused
// @ts-expect-error no such option
const misspelt: NatsTransportOptions = { server: 'nats://127.0.0.1:4222' };
// @ts-expect-error no such client
const unknown: NatsTransportOptions = { library: 'nats.ws' };

test('authenticators of both clients are options', () => {
  const options: NatsTransportOptions[] = [
    ofNats({ authenticator: nats.tokenAuthenticator('t') }),
    ofTransportNode({ authenticator: transportNode.tokenAuthenticator('t'), tls: { rejectUnauthorized: false } }),
  ];
  expect(options).toHaveLength(2);
  expect([overNats, overTransportNode, misspelt, unknown]).toHaveLength(4);
});
