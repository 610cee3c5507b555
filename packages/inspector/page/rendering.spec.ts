/** The views of the page as HTML, without a browser: what they show, and that text from the network stays text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { ShownContract, ShownServer } from '../src/messages';
import { controlOf, emptyValue, isUnread, jsonIn, numberIn, resolved, type Types } from './draft';
import { Field, type Problems } from './fields';
import { FleetStore } from './fleet-store';
import { FleetView } from './fleet-view';
import { HistoryView } from './history-view';
import { rateText, timeText } from './parts';
import { Result } from './result';

const HOSTILE = '<img src=x onerror=alert(1)>"\'&';
const LOAD = { callsPerSecond: 12.34, errorsPerSecond: 0.5, refusalsPerSecond: 0, milliseconds: 3.456 };

function server(name: string, version: string, more: Partial<ShownServer> = {}): ShownServer {
  return {
    topic: 'upgrade/ports',
    server: name,
    labels: {},
    endpoints: [{ endpoint: 'Ports@1', version }],
    health: 'up',
    ...more,
  };
}

function fleetOf(...servers: readonly ShownServer[]): FleetStore {
  const store = new FleetStore();
  store.apply({ isWhole: true, set: servers, left: [] });
  return store;
}

test('the fleet shows versions with skew, health, labels and loads', () => {
  const fleet = fleetOf(
    server('ports-2', '1.10', { health: 'late', labels: { zone: 'b' } }),
    server('ports-1', '1.9', { load: LOAD }),
    server('other', '2.0', { topic: 'a/other', endpoints: [{ endpoint: 'Other@2', version: '2.0' }] }),
  );
  const html = renderToString(h(FleetView, { fleet }));
  expect(html).toContain('3 servers, 2 topics, 2 interfaces, 1 at several versions');
  expect(html).toMatch(/1\.9 <small>×1<\/small>.*1\.10 <small>×1<\/small>.*skew/);
  expect(html).toContain('href="#/Ports%401"');
  expect(html).toContain('late: no sign of presence');
  expect(html).toContain('zone=b');
  expect(html).toMatch(/data-head="calls\/s"[^>]*>12<.*>3\.46<.*class="bad">0\.5</);
});

test('a change replaces, adds and removes servers; a whole state forgets the others', () => {
  const fleet = fleetOf(server('a', '1.0'), server('b', '1.0'));
  let changes = 0;
  const end = fleet.onChange(() => changes++);
  fleet.apply({ set: [server('b', '1.1'), server('c', '1.0')], left: ['upgrade/ports a'] });
  expect(fleet.servers.map(({ server: name, endpoints }) => [name, endpoints[0]!.version])).toEqual([
    ['b', '1.1'],
    ['c', '1.0'],
  ]);
  fleet.apply({ isWhole: true, set: [server('d', '1.0')], left: [] });
  expect(fleet.servers.map(({ server: name }) => name)).toEqual(['d']);
  end();
  fleet.setLink('away');
  expect(changes).toBe(2);
});

test('of many servers the first 500 are drawn', () => {
  const fleet = fleetOf(...Array.from({ length: 3_000 }, (_, index) => server(`server-${index}`, '1.0')));
  const html = renderToString(h(FleetView, { fleet }));
  expect(html.match(/<tr>/g)!.length).toBe(2 + 1 + 500);
  expect(html).toContain('2500 more rows');
});

test('text from the network is never markup', () => {
  const fleet = fleetOf(server(HOSTILE, '1.0', { labels: { zone: HOSTILE } }));
  const contract = { history: [{ version: '1.0', changes: [{ kind: 'added', element: HOSTILE, text: HOSTILE }] }] };
  const error = { kind: 'error', code: 'declared', message: HOSTILE, executed: 'yes', data: { [HOSTILE]: HOSTILE } } as const;
  const pages = [
    renderToString(h(FleetView, { fleet })),
    renderToString(h(HistoryView, { contract: contract as unknown as ShownContract })),
    renderToString(h(Result, { steps: [error, { kind: 'item', value: HOSTILE }], isRunning: false })),
  ];
  for (const html of pages) {
    expect(html).toContain('&lt;img src=x');
    expect(html).not.toContain('<img');
  }
  const sources = ['app.tsx', 'fields.tsx', 'fleet-view.tsx', 'parts.tsx', 'result.tsx'].map((name) =>
    readFileSync(join(__dirname, name), 'utf8'),
  );
  expect(sources.join()).not.toMatch(/dangerouslySetInnerHTML|innerHTML/);
});

describe('a form', () => {
  const TYPES: Types = {
    Filter: {
      type: 'object',
      properties: {
        network: { type: 'string' },
        status: { enum: ['UP', 'DOWN'], 'x-since': '1.5' },
        next: { $ref: '#/types/Filter' },
      },
      required: ['network'],
    },
  };
  const REFERENCE = { $ref: '#/types/Filter' };
  const field = (value: unknown, schema: object = REFERENCE, problems: Problems = new Map()) =>
    renderToString(
      h(Field, {
        ...{ form: { types: TYPES, problems }, schema, path: 'filter', label: 'filter', isOptional: true },
        ...{ value, depth: 0, onChange: () => undefined },
      }),
    );

  test.each<[object, string, unknown]>([
    [{ type: 'string' }, 'text', ''],
    [{ type: ['string', 'null'] }, 'text', ''],
    [{ type: 'integer', minimum: 2 }, 'number', 2],
    [{ type: 'boolean' }, 'switch', false],
    [{ enum: ['a', 'b'] }, 'choice', 'a'],
    [{ type: 'array', items: { type: 'string' } }, 'list', []],
    [REFERENCE, 'object', { network: '' }],
    [{ anyOf: [REFERENCE, { type: 'null' }] }, 'object', { network: '' }],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 'json', null],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'json', null],
    [{}, 'json', null],
    [{ $ref: '#/types/Missing' }, 'json', null],
    [{ type: 'string', default: 'x' }, 'text', 'x'],
  ])('%j has the control %s', (schema, control, empty) => {
    expect(controlOf(resolved(schema, TYPES), 0)).toBe(control);
    expect(emptyValue(schema, TYPES)).toEqual(empty);
  });

  test('a type that has itself ends in JSON', () => {
    const all: Types = { Node: { type: 'object', properties: { next: { $ref: '#/types/Node' } }, required: ['next'] } };
    expect(JSON.stringify(emptyValue({ $ref: '#/types/Node' }, all)).length).toBeLessThan(200);
  });

  test('an optional part that is left out is a button; a part that is given can be left out', () => {
    expect(field(undefined)).toContain('>Add filter</button>');
    const html = field({ network: 'n' });
    expect(html).toMatch(/<fieldset.*<legend>filter/);
    expect(html).toContain('aria-label="Leave out filter"');
    expect(html).toContain('<label for="field-filter.network">network');
    expect(html).toMatch(/Add status<\/button> <span class="tag">since 1\.5/);
  });

  test('a problem names its field and is tied to it', () => {
    const html = field({ network: 7 }, REFERENCE, new Map([['filter.network', 'must be a string']]));
    expect(html).toMatch(/id="field-filter.network"[^>]*aria-invalid="true"[^>]*aria-describedby="field-filter.network-problem"/);
    expect(html).toContain('id="field-filter.network-problem">filter.network must be a string');
  });

  test('text that is no number and no JSON stays, so that the check names the field', () => {
    expect([numberIn('12'), numberIn('1e3'), numberIn('12a'), numberIn('')]).toEqual([12, 1000, '12a', '']);
    expect(jsonIn('{"a":1}')).toEqual({ a: 1 });
    expect(isUnread(jsonIn('{"a":'))).toBe(true);
  });
});

test('rates and times are short', () => {
  expect([undefined, 0, 0.04, 9.96, 10, 1234.5].map(rateText)).toEqual(['–', '0', '0.0', '10.0', '10', '1235']);
  expect([undefined, null, 0.123, 9.999, 10.4].map(timeText)).toEqual(['–', '–', '0.12', '10.00', '10']);
});

test.each(['light', 'dark'])('texts have a contrast of 4.5 in %s', (scheme) => {
  const css = readFileSync(join(__dirname, 'page.css'), 'utf8');
  const [light = '', dark = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => body!);
  const colours = new Map(
    [...(scheme === 'light' ? light : dark).matchAll(/--(\w+): (#\w{6})/g)].map(([, name, hex]) => [name, hex!]),
  );
  for (const ground of ['ground', 'raised']) {
    for (const text of ['text', 'quiet', 'blue', 'red', 'amber', 'green']) {
      const [a, b] = [luminance(colours.get(text)!), luminance(colours.get(ground)!)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      expect([scheme, text, ground, contrast >= 4.5]).toEqual([scheme, text, ground, true]);
    }
  }
});

/** The relative luminance of a colour, as WCAG defines it. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
