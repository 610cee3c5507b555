/** Measures each piece of a call in this process. Run `node bench/pieces.mjs` after a build. */
import { createRequire } from 'node:module';
import { portClass } from './dto.mjs';
import { NETWORKS, PORT } from './methods.mjs';

const CALLS = 100_000;

/** The build's copy of class-validator; decorators of another copy would have no effect. */
const require = createRequire(new URL('../packages/concord-rpc/dist/index.js', import.meta.url));
const core = { ...require('@concord-rpc/core/engine'), ...require('@concord-rpc/core/wire') };
const { classValidation } = require('@concord-rpc/validation');
const validator = { ...require('class-validator'), ...require('class-transformer') };

const Port = portClass(validator);
const check = classValidation.compile(Port);
const { jsonCodec, toBytes } = core;
const encoder = jsonCodec.requestEncoder('1.3', ['host', 'enable_dhcp_filter']);
const args = ['node-1.example.com', true];
const nonce = '4f9fJ2mB0cQxT7aZ';
const request = toBytes(encoder.call(encoder.args(args), nonce, 10_000));
const reply = toBytes(jsonCodec.encodeResult(NETWORKS, nonce));
const messagePack = require('@concord-rpc/msgpack').messagePack.load();
const packed = messagePack.encodeResult(NETWORKS, nonce);
const networks = JSON.stringify(NETWORKS);
const OPTIONS = { whitelist: true, validationError: { target: false, value: false } };

/** The pieces, by name. */
const PIECES = [
  ['JSON.stringify of the networks', () => JSON.stringify(NETWORKS)],
  [
    'a reply with the networks: what JSON would lose is refused, envelope, bytes',
    () => toBytes(jsonCodec.encodeResult(NETWORKS, nonce)),
  ],
  ['JSON.parse of the networks', () => JSON.parse(networks)],
  ['reading that reply: UTF-8, depth, envelope', () => jsonCodec.decodeReply(reply)],
  [
    `that reply as MessagePack: ${packed.length} bytes instead of ${reply.length}`,
    () => messagePack.encodeResult(NETWORKS, nonce),
  ],
  ['reading it', () => messagePack.decodeReply(packed)],
  ['a request with two arguments', () => toBytes(encoder.call(encoder.args(args), nonce, 10_000))],
  ['reading that request: UTF-8, depth, prototype keys, envelope', () => jsonCodec.decodeRequest(request)],
  ['a DTO of six fields and nested objects: instance and validation', () => check(PORT, 'port', { violations: [], stripped: 0 })],
  ['the same by plainToInstance and validateSync', () => validator.validateSync(validator.plainToInstance(Port, PORT), OPTIONS)],
  ['new Error()', () => new Error('x')],
];

for (const [name, piece] of PIECES) console.log(`${microseconds(piece).toFixed(2).padStart(8)} µs  ${name}`);

/** Returns the best of three runs, after a warm-up. */
function microseconds(piece) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    const start = process.cpuUsage();
    for (let call = 0; call < CALLS; call++) piece();
    const { user, system } = process.cpuUsage(start);
    if (round > 0) best = Math.min(best, (user + system) / CALLS);
  }
  return best;
}
