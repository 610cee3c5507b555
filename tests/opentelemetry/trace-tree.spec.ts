/** The trace that the guide shows as text and as a picture is the trace of a plugin, an agent and a stream, on every transport. `npm run trace` writes both. */
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { setUpNetwork } from './network-fleet';
import { useRecorded } from './recorded';
import { pictureOf, textOf, treeSpan, treesOf } from './span-tree';

const PAGE = join(__dirname, '../../docs/guides/opentelemetry.md');
const PICTURE = join(__dirname, '../../docs/guides/trace.svg');
const BLOCK = /(<!-- trace:begin -->\n\n```text\n)([\s\S]*?)(\n```\n\n<!-- trace:end -->)/;
const writes = process.env.CONCORD_WRITE_TRACE !== undefined;

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const recorded = useRecorded();

  test('the calls of a plugin and an agent are one tree, and the guide shows it', async () => {
    await setUpNetwork(() => broker.connect());
    const spans = recorded().spans;
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    const trees = treesOf(spans.map(treeSpan));
    expect(trees).toHaveLength(1);
    const [root] = trees as [(typeof trees)[number]];
    const text = textOf(root).join('\n');
    if (writes) {
      writeFileSync(
        PAGE,
        readFileSync(PAGE, 'utf8').replace(BLOCK, (_, begin, __, end) => `${begin}${text}${end}`),
      );
      writeFileSync(PICTURE, pictureOf(root));
    }
    expect(BLOCK.exec(readFileSync(PAGE, 'utf8'))?.[2]).toBe(text);
    expect(readFileSync(PICTURE, 'utf8')).toBe(pictureOf(root));
  });
});
