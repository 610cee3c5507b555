/** Scopes: one instance for the application, for each call, or for each tenant, with what it injects. */
import { ServesContract } from '@concord-rpc/nestjs';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { type ContextId, ContextIdFactory, type HostComponentInfo, REQUEST } from '@nestjs/core';
import { createClient, type InterceptedCall } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { failure } from '../fixtures/failure';
import { Doors, PlainDoors } from './doors';
import { closeApps, startApp } from './nest-app';

let made = 0;

@Injectable()
class Counter {
  readonly number = ++made;
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  beforeEach(() => {
    made = 0;
  });
  afterEach(closeApps);
  const doors = (caller: string) => createClient(broker.transport, Doors, { context: { caller, tenant: caller } });

  test('a provider in request scope injects the call as REQUEST, and other request-scoped providers of the same call', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class OfRequest {
      readonly number = ++made;
    }
    @Injectable({ scope: Scope.REQUEST })
    class Other {
      constructor(readonly ofRequest: OfRequest) {}
    }
    @Injectable({ scope: Scope.REQUEST })
    @ServesContract(Doors)
    class Scoped extends PlainDoors {
      constructor(
        @Inject(REQUEST) private readonly call: InterceptedCall,
        private readonly ofRequest: OfRequest,
        private readonly other: Other,
      ) {
        super();
      }
      override async open(door: string) {
        return `${door} ${this.call.label} ${this.call.context.caller} ${this.ofRequest === this.other.ofRequest}`;
      }
      override async *watch() {
        yield `${this.call.mode} ${this.call.context.caller}`;
      }
    }
    await startApp({ transport: await broker.connect(), providers: [Scoped, OfRequest, Other] });
    expect(await Promise.all([doors('a').open('1'), doors('b').open('2')])).toEqual([
      '1 Doors.open a true',
      '2 Doors.open b true',
    ]);
    expect(await collect(doors('c').watch('3'))).toEqual(['stream c']);
    expect(made).toBe(3);
  });

  test('a provider becomes request-scoped by what it injects, and a provider for the application is made once', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Caller {
      constructor(@Inject(REQUEST) readonly call: InterceptedCall) {}
    }
    @Injectable()
    @ServesContract(Doors)
    class Indirect extends PlainDoors {
      constructor(
        private readonly caller: Caller,
        private readonly counter: Counter,
      ) {
        super();
      }
      override async open() {
        return `${this.caller.call.context.caller} ${this.counter.number}`;
      }
    }
    await startApp({ transport: await broker.connect(), providers: [Indirect, Caller, Counter] });
    expect(await doors('a').open('x')).toBe('a 1');
    expect(await doors('b').open('x')).toBe('b 1');
  });
});

describe('in one application', () => {
  const broker = useBroker(brokers[0]!.start);
  afterEach(closeApps);

  test('a provider that cannot be made is a refusal with executed "no"', async () => {
    @Injectable({ scope: Scope.REQUEST })
    @ServesContract(Doors)
    class Broken extends PlainDoors {
      constructor(@Inject(REQUEST) call: InterceptedCall) {
        super();
        if (call.context.caller !== undefined) throw new Error('no connection to the database');
      }
    }
    await startApp({ transport: broker.transport, providers: [Broken] });
    const client = createClient(broker.transport, Doors);
    expect(await client.open('a')).toBe('a is open');
    const error = await failure(client.$with({ context: { caller: 'x' } }).open('a'));
    expect(error).toMatchObject({ code: 'internal', executed: 'no' });
    expect(error.message).not.toContain('database');
  });

  test('a durable provider is made once for each tenant', async () => {
    made = 0;
    const tenants = new Map<unknown, ContextId>();
    ContextIdFactory.apply({
      attach(contextId: ContextId, call: InterceptedCall) {
        const { tenant } = call.context;
        if (!tenants.has(tenant)) tenants.set(tenant, ContextIdFactory.create());
        return {
          resolve: (info: HostComponentInfo) => (info.isTreeDurable ? tenants.get(tenant)! : contextId),
          payload: { tenant },
        };
      },
    });
    try {
      @Injectable({ scope: Scope.REQUEST, durable: true })
      @ServesContract(Doors)
      class Durable extends PlainDoors {
        private readonly number = ++made;
        constructor(@Inject(REQUEST) private readonly request: { readonly tenant: string }) {
          super();
        }
        override async open() {
          return `${this.request.tenant} ${this.number}`;
        }
      }
      await startApp({ transport: broker.transport, providers: [Durable] });
      const client = (tenant: string) => createClient(broker.transport, Doors, { context: { tenant } });
      const opened = [];
      for (const tenant of ['red', 'blue', 'red', 'blue']) opened.push(await client(tenant).open('x'));
      expect(opened).toEqual(['red 1', 'blue 2', 'red 1', 'blue 2']);
    } finally {
      ContextIdFactory.apply(undefined as never);
    }
  });
});
