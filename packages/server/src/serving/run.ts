/** The second half of serving: runs an admitted request, and gives it exactly one answer when its handler ends. */

import type { Transport } from '@concord-rpc/core';
import { runInScope } from '@concord-rpc/core/engine';
import type { Admission } from '../load/admission';
import type { AnnouncedCalls } from '../load/announced-calls';
import type { RequestAnswers } from '../request/answers';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';
import type { BoundHandler } from '../request/served-method';
import { inPresentContext } from '../streams/stream-context';
import { streamResults } from '../streams/stream-results';
import { type RunHandler, throughInterceptors } from './intercepted';
import type { Refusals } from './refusals';

/** The parts of a server that running a request needs. */
export interface RunnerParts {
  readonly transport: Transport;
  readonly admission: Admission;
  readonly announced: AnnouncedCalls;
  readonly answers: RequestAnswers;
  readonly refusals: Refusals;
}

/** Runs the requests of one server. */
export class HandlerRunner {
  private readonly callThroughInterceptors: RunHandler;

  constructor(private readonly parts: RunnerParts) {
    this.callThroughInterceptors = throughInterceptors(callBound, parts.answers.mapError);
  }

  /** Runs the handler of a request that is `running`. Never throws. */
  run(request: IncomingRequest): void {
    const method = request.method!;
    try {
      const call = method.interceptors === undefined ? callHandler : this.callThroughInterceptors;
      const { observed } = request;
      const result = observed === undefined ? runInScope(request, call, request.args!) : observed.run(request, call);
      if (method.definition.mode === 'stream') this.stream(request, result);
      else if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function') {
        Promise.resolve(result).then(
          (value) => this.finish(request, value),
          (thrown) => this.fail(request, thrown),
        );
      } else this.finish(request, result);
    } catch (thrown) {
      this.fail(request, thrown);
    }
  }

  /** Sends the items that a handler yields. A stream ends with an answer, as a call does. */
  private stream(request: IncomingRequest, source: unknown): void {
    streamResults(request, source, this.parts).then(
      (problem) => {
        if (problem !== undefined) this.parts.answers.error(request, problem);
        this.settle(request);
      },
      (thrown: unknown) => this.fail(request, thrown),
    );
  }

  private finish(request: IncomingRequest, result: unknown): void {
    let known = result;
    if (request.method!.cuts !== undefined) {
      try {
        const { cut } = request;
        if (cut !== undefined) known = cut(result);
      } catch (thrown) {
        this.fail(request, thrown);
        return;
      }
    }
    this.parts.answers.result(request, known);
    this.settle(request);
  }

  private fail(request: IncomingRequest, thrown: unknown): void {
    if (Refusal.is(thrown)) this.parts.refusals.answer(request, thrown);
    else this.parts.answers.failure(request, thrown);
    this.settle(request);
  }

  private settle(request: IncomingRequest): void {
    // a server that stops answers in place of the handlers that still run
    if (request.state !== 'answered') request.become('answered');
    if (request.heartbeat !== undefined) this.parts.announced.remove(request);
    this.parts.admission.end(request);
  }
}

/** Calls the handler of a request. */
function callHandler(args: unknown[], request: IncomingRequest): unknown {
  const { handler, implementation, definition } = request.method!;
  const result = Reflect.apply(handler, implementation, args);
  return definition.mode === 'stream' ? inPresentContext(result) : result;
}

/** Calls a handler that may have been made for the request. */
function callBound({ handler, implementation }: BoundHandler, args: unknown[], request: IncomingRequest): unknown {
  const result = Reflect.apply(handler, implementation, args);
  return request.method!.definition.mode === 'stream' ? inPresentContext(result) : result;
}
