/** Unions of DTO classes that a property tells apart, over every transport and codec. */
import 'reflect-metadata';
import type { CodecName } from '@concord-rpc/core/engine';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, ValidateNested } from 'class-validator';
import { Arg, type Class, createClient, Endpoint, oneOf, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';

abstract class Shape {
  @IsOptional() @IsString() label?: string;
  secret?: string;
}
class Circle extends Shape {
  @IsInt() @Max(100) radius!: number;
}
class Square extends Shape {
  @IsInt() side!: number;
}
/** Declares the property itself. */
class Group extends Shape {
  @IsString() kind = 'group';
  @ValidateNested({ each: true })
  @Type(() => Shape, {
    discriminator: {
      property: 'kind',
      subTypes: [
        { name: 'circle', value: Circle },
        { name: 'group', value: Group },
      ],
    },
  })
  parts!: Shape[];
}

const subTypes = [
  { name: 'circle', value: Circle },
  { name: 'square', value: Square },
  { name: 'group', value: Group },
];

class Drawing {
  @IsOptional() @ValidateNested() @Type(() => Shape, { discriminator: { property: 'kind', subTypes } }) top?: Shape;
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Shape, { keepDiscriminatorProperty: true, discriminator: { property: 'kind', subTypes } })
  others?: Shape[];
}

const Any = oneOf('kind', { circle: Circle, square: Square, group: Group });

/** Methods for a drawing and for single shapes; `value` is what the handler returns. */
interface Drawings {
  put(drawing: unknown): Promise<unknown>;
  one(shape: unknown): Promise<unknown>;
  list(shapes: unknown): Promise<unknown>;
}

function drawingsOf(codec: CodecName): Class<Drawings> {
  @Endpoint({ topic: `shapes-${codec}`, codec })
  abstract class DrawingsApi implements Drawings {
    @RpcMethod({ returns: Drawing }) put(@Arg({ type: Drawing }) _drawing: unknown): Promise<unknown> {
      return remote();
    }
    @RpcMethod({ returns: Any }) one(@Arg({ type: Any }) _shape: unknown): Promise<unknown> {
      return remote();
    }
    @RpcMethod({ returns: [Any] }) list(@Arg({ type: [Any] }) _shapes: unknown): Promise<unknown> {
      return remote();
    }
  }
  return DrawingsApi;
}

const made = <T extends object>(type: new () => T, fields: object): T => Object.assign(new type(), fields);

describe.each(brokers)('over $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');

  describe.each(['json', 'msgpack'] as const)('as %s', (codec) => {
    const type = drawingsOf(codec);
    let seen: unknown;
    let answer: unknown;

    beforeEach(async () => {
      [seen, answer] = [undefined, undefined];
      const handle = async (value: unknown) => {
        seen = value;
        return answer ?? value;
      };
      const server = new RpcServer(await broker.connect(), { logger: broker.logger });
      await broker.startServer(server.register(type, { put: handle, one: handle, list: handle }));
    });
    const client = () => createClient<Drawings>(broker.transport, type);

    test('a handler receives instances of the classes that the property names', async () => {
      await client().put({
        top: { kind: 'circle', radius: 1 },
        others: [
          { kind: 'square', side: 2 },
          { kind: 'group', parts: [{ kind: 'circle', radius: 3 }] },
        ],
      });
      const { top, others } = seen as { top: object; others: { parts: object[] }[] };
      expect([top, ...others, ...others[1]!.parts].map(Object.getPrototypeOf)).toEqual([
        Circle.prototype,
        Square.prototype,
        Group.prototype,
        Circle.prototype,
      ]);
      // the property stays where it is kept, or declared
      expect(top).toEqual(made(Circle, { radius: 1 }));
      expect(others[0]).toEqual(made(Square, { kind: 'square', side: 2 }));
      expect(others[1]).toEqual(made(Group, { kind: 'group', parts: [made(Circle, { radius: 3 })] }));
    });

    test('what the handler received can be returned: the property is sent, and undeclared ones are not', async () => {
      const drawing = { top: { kind: 'circle', radius: 1 }, others: [{ kind: 'group', parts: [{ kind: 'circle', radius: 3 }] }] };
      const extra = { secret: 's' };
      const sent = { top: { ...drawing.top, ...extra }, others: drawing.others };
      expect(await client().put(sent)).toEqual(drawing);
      expect(await client().one({ kind: 'square', side: 2, ...extra })).toEqual({ kind: 'square', side: 2 });
      expect(await client().list([{ kind: 'square', side: 2, ...extra }])).toEqual([{ kind: 'square', side: 2 }]);
    });

    test.each<[string, unknown, unknown]>([
      ['an instance', made(Circle, { radius: 1, secret: 's' }), { kind: 'circle', radius: 1 }],
      ['an instance of a subclass', made(class Dot extends Circle {}, { radius: 1 }), { kind: 'circle', radius: 1 }],
      ['a plain object', { kind: 'circle', radius: 1, secret: 's' }, { kind: 'circle', radius: 1 }],
      ['an object with toJSON', { toJSON: () => ({ kind: 'circle', radius: 1, secret: 's' }) }, { kind: 'circle', radius: 1 }],
      ['a list', [made(Square, { side: 1 })], [{ kind: 'square', side: 1 }]],
    ])('%s as result', async (_what, value, sent) => {
      answer = value;
      expect(await client().one({ kind: 'circle', radius: 1 })).toEqual(sent);
    });

    test('a client sends instances with the property', async () => {
      await client().put({ top: made(Circle, { radius: 1 }), others: [made(Square, { side: 2 })] });
      expect(seen).toEqual(
        made(Drawing, { top: made(Circle, { radius: 1 }), others: [made(Square, { kind: 'square', side: 2 })] }),
      );
    });

    test('a client receives instances if it checks results', async () => {
      const { top, others } = (await createClient<Drawings>(broker.transport, type, { validateResults: true }).put({
        top: { kind: 'circle', radius: 1 },
        others: [{ kind: 'square', side: 2 }],
      })) as { top: unknown; others: unknown[] };
      expect([top, others]).toEqual([made(Circle, { radius: 1 }), [made(Square, { kind: 'square', side: 2 })]]);
    });

    test.each<[string, object, object[]]>([
      [
        'an unknown name',
        { top: { kind: 'oval' } },
        [{ path: 'drawing.top', message: 'must have "kind", one of "circle", "square", "group"' }],
      ],
      ['no name', { top: { radius: 1 } }, [{ path: 'drawing.top' }]],
      ['a name that every object has', { top: { kind: 'constructor' } }, [{ path: 'drawing.top' }]],
      ['a list as name', { top: { kind: ['circle'], radius: 1 } }, [{ path: 'drawing.top' }]],
      ['no object', { top: 'circle' }, [{ path: 'drawing.top', message: 'must be an object' }]],
      ['null in a list', { others: [null] }, [{ path: 'drawing.others[0]', message: 'must be an object' }]],
      [
        'the fields of another class',
        { top: { kind: 'circle', side: 1 } },
        [{ path: 'drawing.top.radius' }, { path: 'drawing.top.radius' }],
      ],
      ['a limit of the class', { others: [{ kind: 'circle', radius: 101 }] }, [{ path: 'drawing.others[0].radius' }]],
      [
        'structure first: the fields of a value of no class are not validated',
        {
          others: [
            { kind: 'oval', radius: 101 },
            { kind: 'circle', radius: 101 },
          ],
        },
        [{ path: 'drawing.others[0]' }, { path: 'drawing.others[1].radius' }],
      ],
    ])('%s is refused', async (_what, value, violations) => {
      const raw = createClient<Drawings>(broker.transport, Untagged(codec));
      await expect(raw.put(value)).rejects.toMatchObject({
        code: 'invalid_argument',
        data: { violations: violations.map((violation) => expect.objectContaining(violation)) },
      });
      expect(seen).toBeUndefined();
    });

    test('at most 16 violations are reported', async () => {
      const others = Array.from({ length: 1_000 }, () => ({ kind: 'oval' }));
      const raw = createClient<Drawings>(broker.transport, Untagged(codec));
      await expect(raw.put({ others })).rejects.toMatchObject({ data: { violations: { length: 16 } } });
    });

    test('a client refuses a value of no class before it sends anything', async () => {
      await expect(client().one({ kind: 'oval' })).rejects.toMatchObject({ code: 'unserializable', executed: 'no' });
      expect(seen).toBeUndefined();
    });

    test('a handler that returns a value of no class fails; nothing of the value is sent', async () => {
      answer = { kind: 'oval', secret: 's' };
      await expect(client().one({ kind: 'circle', radius: 1 })).rejects.toMatchObject({ code: 'internal' });
      expect(broker.logger.lines.join()).toContain(
        'a value of a union must have "kind", one of "circle", "square", "group"; it is "oval"',
      );
    });
  });
});

/** The same interface with arguments that clients do not convert. */
function Untagged(codec: CodecName): Class<Drawings> {
  @Endpoint({ topic: `shapes-${codec}`, codec })
  abstract class DrawingsApi implements Drawings {
    @RpcMethod() put(@Arg({ unchecked: true }) _drawing: unknown): Promise<unknown> {
      return remote();
    }
    @RpcMethod() one(@Arg({ unchecked: true }) _shape: unknown): Promise<unknown> {
      return remote();
    }
    @RpcMethod() list(@Arg({ unchecked: true }) _shapes: unknown): Promise<unknown> {
      return remote();
    }
  }
  return DrawingsApi;
}
