/** Names and defaults of parameters, from source texts as compilers leave them. */
import { writtenParameters } from './parameter-names';

const methods = {
  none() {},
  plain(host: string, port: number) {
    return [host, port];
  },
  async defaults(host = 'a,b(', list = [1, 2], text = `)` + '"', url = 'http://x/*y*/') {
    return [host, list, text, url];
  },
  destructured({ a, b = 2 }: { a: number; b?: number }, [c]: number[]) {
    return [a, b, c];
  },
  unused(_host: string, __port: number, _: string) {},
  rest(first: string, ...others: string[]) {
    return [first, others];
  },
  commented(
    /* the host, (really) */ host: string, // and the port = 1
    port: number,
  ) {
    return [host, port];
  },
  nested(handler: (x: number) => number = (x) => x, last?: string) {
    return [handler, last];
  },
};

test.each([
  ['none', [], []],
  ['plain', ['host', 'port'], []],
  ['defaults', ['host', 'list', 'text', 'url'], ['host', 'list', 'text', 'url']],
  ['unused', ['host', 'port', '_'], []],
  ['destructured', [undefined, undefined], []],
  ['rest', ['first', 'others'], []],
  ['commented', ['host', 'port'], []],
  ['nested', ['handler', 'last'], ['handler']],
] as const)('%s', (name, names, defaults) => {
  const written = writtenParameters(methods[name]);
  expect(written.map((parameter) => parameter.name)).toEqual(names);
  expect(written.filter(({ hasDefault }) => hasDefault).map((parameter) => parameter.name)).toEqual(defaults);
});

test('a rest parameter is told', () => {
  expect(writtenParameters(methods.rest).map(({ isRest }) => isRest)).toEqual([false, true]);
});

test('a bound or native function tells nothing', () => {
  expect(writtenParameters(methods.plain.bind(methods))).toEqual([]);
});
