/** Exceptions: what filters make of them, which code an HTTP exception gets, and what stays internal. */
import { ServesContract } from '@concord-rpc/nestjs';
import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  ConflictException,
  type ExceptionFilter,
  ForbiddenException,
  GatewayTimeoutException,
  HttpException,
  Injectable,
  NotFoundException,
  NotImplementedException,
  RequestTimeoutException,
  ServiceUnavailableException,
  UnauthorizedException,
  UnprocessableEntityException,
  UseFilters,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { createClient, type InterceptedCall, RpcError } from 'concord-rpc';
import { throwError } from 'rxjs';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { failure } from '../fixtures/failure';
import { Doors, Jammed, PlainDoors } from './doors';
import { closeApps, startApp } from './nest-app';

class Stuck extends Error {}

/** Answers with an error that the contract declares. */
@Catch(Stuck)
class StuckFilter implements ExceptionFilter {
  catch(error: Stuck, host: ArgumentsHost) {
    const [door] = host.switchToRpc().getData<[string]>();
    const { label } = host.switchToRpc().getContext<InterceptedCall>();
    throw Object.assign(new Jammed(`${label}: ${error.message}`), { door });
  }
}

@Injectable()
@ServesContract(Doors)
class ThrowingDoors extends PlainDoors {
  static thrown: () => unknown;
  override async open(): Promise<string> {
    throw ThrowingDoors.thrown();
  }
  override async *watch() {
    yield 'one';
    throw ThrowingDoors.thrown();
  }
}

describe('filters', () => {
  const broker = useBroker(brokers[0]!.start);
  afterEach(closeApps);
  const doors = () => createClient(broker.transport, Doors, { retry: false });

  function filtered(filter?: Parameters<typeof UseFilters>[0]) {
    @Injectable()
    @ServesContract(Doors)
    class Filtered extends ThrowingDoors {}
    if (filter !== undefined) UseFilters(filter)(Filtered);
    return Filtered;
  }

  test.each([
    { named: 'the class', providers: () => [filtered(StuckFilter)] },
    { named: 'APP_FILTER', providers: () => [filtered(), { provide: APP_FILTER, useClass: StuckFilter }] },
  ])('a filter by $named maps an exception to a declared error, of a call and of a stream', async ({ providers }) => {
    ThrowingDoors.thrown = () => new Stuck('the hinge');
    const { server } = await startApp({ transport: broker.transport, providers: providers() });
    const jammed = await failure<Jammed>(doors().open('front'));
    expect(jammed).toBeInstanceOf(Jammed);
    expect(jammed).toMatchObject({ door: 'front', message: 'Doors.open: the hinge', executed: 'yes' });
    const read: string[] = [];
    const streamed = await failure(
      (async () => {
        for await (const item of doors().watch('back')) read.push(item);
      })(),
    );
    expect([read, streamed.code]).toEqual([['one'], 'internal']); // watch declares no error
    expect(server.stats().expected).toBe(1);
  });

  test('a filter can return an Observable of an error, as filters of microservices do, or a result', async () => {
    class Returning implements ExceptionFilter {
      catch(error: unknown) {
        if (!(error instanceof Stuck)) return throwError(() => new RpcError('overloaded', 'later', { data: { retryAfter: 9 } }));
        return `mended ${error.message}`;
      }
    }
    Catch()(Returning);
    await startApp({
      transport: broker.transport,
      providers: [filtered(new Returning())],
      options: { server: { mapError: (thrown) => (thrown instanceof RpcError ? thrown : undefined) } },
    });
    ThrowingDoors.thrown = () => new Stuck('hinge');
    expect(await doors().open('front')).toBe('mended hinge');
    ThrowingDoors.thrown = () => new Error('other');
    expect(await failure(doors().open('front'))).toMatchObject({ code: 'overloaded', executed: 'yes', data: { retryAfter: 9 } });
  });

  test.each([
    { exception: new BadRequestException('bad'), code: 'invalid_argument' },
    { exception: new UnauthorizedException('who'), code: 'permission_denied' },
    { exception: new ForbiddenException('no'), code: 'permission_denied' },
    { exception: new RequestTimeoutException('slow'), code: 'deadline_exceeded' },
    { exception: new UnprocessableEntityException('odd'), code: 'invalid_argument' },
    { exception: new HttpException('much', 429), code: 'overloaded' },
    { exception: new NotImplementedException('later'), code: 'not_implemented' },
    { exception: new ServiceUnavailableException('full'), code: 'overloaded' },
    { exception: new GatewayTimeoutException('behind'), code: 'deadline_exceeded' },
  ])('$code for $exception.name of a handler, which ran', async ({ exception, code }) => {
    ThrowingDoors.thrown = () => exception;
    await startApp({ transport: broker.transport, providers: [ThrowingDoors] });
    expect(await failure(doors().open('a'))).toMatchObject({
      code,
      executed: 'yes',
      rawMessage: exception.message,
      retryable: false,
    });
    expect(await failure(collect(doors().watch('a')))).toMatchObject({ code, executed: 'yes' });
  });

  test.each([new NotFoundException('no such door'), new ConflictException('taken'), new Error('password 1234')])(
    'internal for %s, which says something about the application; the log has it',
    async (exception) => {
      const lines: string[] = [];
      const logger = { warn: () => undefined, error: (line: string) => void lines.push(line) };
      ThrowingDoors.thrown = () => exception;
      await startApp({ transport: broker.transport, providers: [ThrowingDoors], options: { server: { logger } } });
      const error = await failure(doors().open('a'));
      expect(error).toMatchObject({ code: 'internal', executed: 'yes' });
      expect(error.message).not.toContain(exception.message);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(exception.message);
    },
  );

  test('`mapError` of the server comes before the table', async () => {
    ThrowingDoors.thrown = () => new NotFoundException('no such door');
    const mapError = (thrown: unknown) =>
      thrown instanceof NotFoundException ? new RpcError('invalid_argument', thrown.message) : undefined;
    await startApp({ transport: broker.transport, providers: [ThrowingDoors], options: { server: { mapError } } });
    expect(await failure(doors().open('a'))).toMatchObject({
      code: 'invalid_argument',
      rawMessage: 'no such door',
      executed: 'yes',
    });
  });
});
