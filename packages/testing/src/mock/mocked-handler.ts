/** Handlers that run mocks: results are checked against the contract, and an error of the library reaches the caller as it is. */

import { compileResultCheck } from '@concord-rpc/client';
import { isRpcError, RpcError } from '@concord-rpc/core';
import { type Contract, type Findings, formatViolations, type MethodContract, quote } from '@concord-rpc/core/engine';
import { type Codec, toBytes } from '@concord-rpc/core/wire';
import { Refusal } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';

/** A mock, as it is called. */
export type Mock = (...args: unknown[]) => unknown;

/** Returns the handler of a method. `mock`: returns the mock of the method; it is called for each request. */
export function mockedHandler(contract: Contract, method: MethodContract, codec: Codec, mock: () => Mock): Mock {
  const label = `${contract.name}.${method.name}`;
  const check = resultCheck(label, method, contract, codec);
  if (method.mode === 'stream') return (...args) => checkedItems(label, () => mock()(...args), check);
  return async (...args) => {
    try {
      return check(await mock()(...args), 'result');
    } catch (thrown) {
      throw asAnswer(thrown);
    }
  };
}

type ResultCheck = (value: unknown, path: string) => unknown;

/** Returns a function that returns a value as it is, or throws `invalid_result`. The value is checked as a caller receives it. */
function resultCheck(label: string, method: MethodContract, contract: Contract, codec: Codec): ResultCheck {
  if (method.mode === 'cast' || method.mode === 'fanout') return (value) => value; // no caller receives it
  const check = compileResultCheck(method, contract, classValidation);
  return (value, path) => {
    const findings: Findings = { violations: [], stripped: 0 };
    check(codec.decodeReply(toBytes(codec.encodeResult(value, undefined))).result, path, findings);
    const { violations } = findings;
    if (violations.length === 0) return value;
    const sentence = `the mock of ${label} returned a value that does not fit the contract: ${formatViolations(violations)}`;
    throw new RpcError('invalid_result', sentence, { data: { violations } });
  };
}

async function* checkedItems(label: string, open: () => unknown, check: ResultCheck): AsyncGenerator<unknown> {
  try {
    const items = await open();
    if (!isIterable(items)) {
      const sentence = `the mock of ${label} returned ${quote(items)}; a mock of a stream returns an iterable, for example async function* () { yield … }`;
      throw new RpcError('invalid_result', sentence, {
        data: { violations: [{ path: 'result', message: 'must be an iterable' }] },
      });
    }
    for await (const item of items) yield check(item, 'item');
  } catch (thrown) {
    throw asAnswer(thrown);
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  const given = value as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  return typeof value === 'object' && (given?.[Symbol.asyncIterator] ?? given?.[Symbol.iterator]) !== undefined;
}

/** An error of the library is sent with its code, so that a mock can fail as a broker or a server does. Other errors are those of a handler. */
function asAnswer(thrown: unknown): unknown {
  return isRpcError(thrown) ? new Refusal(thrown) : thrown;
}
