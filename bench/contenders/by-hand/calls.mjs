/** One call written by hand, as text: the request that a client sends, and the reply of a server that checks version, arguments and deadline. */
import { CHECKS } from './checks.mjs';

/** The version that clients need, and the one that servers serve. */
const VERSION = '1.3';
const [MAJOR, MINOR] = VERSION.split('.').map(Number);
/** Milliseconds until a call fails, which its request states. */
export const TIMEOUT = 10_000;
/** Versions whose check is remembered, at most. */
const MOST_VERSIONS = 1_000;

const servedVersions = new Map();

/** Returns the request of a call: `[index, nonce, version, milliseconds left, arguments]`. */
export function requestOf({ index, nonce }, args) {
  return `[${index},"${nonce}","${VERSION}",${TIMEOUT},${JSON.stringify(args)}]`;
}

/** Returns a cast or fanout: `[version, arguments]`. */
export function castOf(args) {
  return `["${VERSION}",${JSON.stringify(args)}]`;
}

/** Returns what serves a method: its handler and the check of its arguments. `name` selects the check. */
export function methodOf(name, handle) {
  return { check: CHECKS[name], handle };
}

/** Runs a call of a request that arrived at `arrived`; returns the reply `[index, nonce, result]`, or `[index, nonce, null, error]`. */
export function answer({ check, handle }, [index, nonce, version, left, args], arrived) {
  try {
    refuseWrong(version, args, check);
    const result = handle(...args);
    if (!(performance.now() - arrived < left)) throw new Error('the deadline has passed');
    return JSON.stringify([index, nonce, result]);
  } catch ({ message }) {
    return JSON.stringify([index, nonce, null, message]);
  }
}

/** Runs a cast or fanout. A wrong one does not run, and its sender gets no error. */
export function receive({ check, handle }, [version, args]) {
  if (serves(version) && Array.isArray(args) && check(args) === undefined) handle(...args);
}

/** Returns the bytes of a text, which cost less than those that a TextEncoder makes of a short one. */
export function bytesOf(text) {
  return Buffer.from(text);
}

/** Returns the text of a message, without a TextDecoder. */
export function textOf({ data }) {
  return Buffer.prototype.utf8Slice.call(data, 0, data.length);
}

function refuseWrong(version, args, check) {
  if (!serves(version)) throw new Error(`the call needs version ${version}; this server is at ${VERSION}`);
  const wrong = Array.isArray(args) ? check(args) : 'arguments';
  if (wrong !== undefined) throw new Error(`${wrong} does not have its type`);
}

/** Returns whether a server at `VERSION` serves a version: the same major, and at most its minor. */
function serves(version) {
  const known = servedVersions.get(version);
  if (known !== undefined) return known;
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(version) ?? [];
  const does = Number(major) === MAJOR && Number(minor) <= MINOR;
  if (servedVersions.size < MOST_VERSIONS) servedVersions.set(version, does);
  return does;
}
