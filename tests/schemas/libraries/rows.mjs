/** The table of types that every library states: accepted values with what handlers get, and refused values with the path of a violation. */

/** @typedef {{ good: [sent: unknown, got?: unknown][], bad: [sent: unknown, path: string][], isResult?: false }} Row */

const uuid = '7d444840-9dc0-41d1-b245-5ffdce74fad2';

/** @type {Record<string, Row>} */
export const rows = {
  text: {
    good: [['a'], ['abcde']],
    bad: [
      ['', 'value'],
      ['abcdef', 'value'],
      [1, 'value'],
      [['a'], 'value'],
    ],
  },
  uuid: { good: [[uuid]], bad: [['7d444840', 'value']] },
  integer: {
    good: [[1], [10]],
    bad: [
      [0, 'value'],
      [11, 'value'],
      [1.5, 'value'],
      ['1', 'value'],
    ],
  },
  enumeration: {
    good: [['up'], ['down']],
    bad: [
      ['UP', 'value'],
      [0, 'value'],
    ],
  },
  literal: { good: [['x']], bad: [['y', 'value']] },
  optional: { good: [[{}], [{ o: 'a' }]], bad: [[{ o: 1 }, 'value.o']] },
  withDefault: { good: [[{}, { d: 3 }], [{ d: 4 }]], bad: [[{ d: 'a' }, 'value.d']] },
  nullable: { good: [['a'], [null]], bad: [[1, 'value']] },
  list: {
    good: [[[]], [[1, 2, 3]]],
    bad: [
      [[1, 2, 3, 4], 'value'],
      [['a'], 'value[0]'],
      ['a', 'value'],
    ],
  },
  nested: {
    good: [[{ port: { id: 'a' } }]],
    bad: [
      [{ port: { id: 1 } }, 'value.port.id'],
      [{}, 'value.port'],
      [null, 'value'],
    ],
  },
  dictionary: {
    good: [[{}], [{ rx: 1 }]],
    bad: [
      [{ rx: 'a' }, 'value.rx'],
      ['a', 'value'],
    ],
  },
  kinds: {
    good: [['a'], [1]],
    bad: [
      [true, 'value'],
      [{}, 'value'],
    ],
  },
  tagged: {
    good: [[{ kind: 'disk', size: 1 }], [{ kind: 'port', id: 'a' }]],
    bad: [
      [{ kind: 'disk', size: 'a' }, 'value.size'],
      [{ kind: 'tape' }, 'value.kind'],
    ],
  },
  converted: { good: [['12', 12]], bad: [[12, 'value']], isResult: false },
};
