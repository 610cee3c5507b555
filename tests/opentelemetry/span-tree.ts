/** Spans as a tree, as a text and as a picture. */
import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** The parts of a span that the tree shows, in the order of its begin. */
export interface TreeSpan {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'CLIENT' | 'SERVER';
  readonly attributes: Attributes;
}

/** A span, and those below it. */
export interface SpanNode {
  readonly span: TreeSpan;
  readonly children: readonly SpanNode[];
}

/** Returns the part of a span of the SDK that the tree shows. */
export function treeSpan(span: ReadableSpan): TreeSpan {
  const { name, kind, attributes, parentSpanContext } = span;
  return {
    id: span.spanContext().spanId,
    parent: parentSpanContext?.spanId,
    name,
    kind: SpanKind[kind] as TreeSpan['kind'],
    attributes,
  };
}

/** Returns the trees of spans: those whose parent is missing are roots. */
export function treesOf(spans: readonly TreeSpan[]): SpanNode[] {
  const nodeOf = (span: TreeSpan): SpanNode => ({ span, children: spans.filter(({ parent }) => parent === span.id).map(nodeOf) });
  const ids = new Set(spans.map(({ id }) => id));
  return spans.filter(({ parent }) => parent === undefined || !ids.has(parent)).map(nodeOf);
}

/** Returns what stands behind the name of a span: its mode and its outcome. */
function noteOf({ kind, attributes }: TreeSpan): string {
  if (kind === 'INTERNAL') return '';
  const items = attributes['concord.items'] === undefined ? '' : ` of ${attributes['concord.items']}`;
  const where = kind === 'SERVER' ? ` on ${attributes['concord.server']}` : ` needs ${attributes['concord.needs']}`;
  return `${attributes['concord.mode']}${items}${where}: ${attributes['rpc.status_code']}`;
}

/** Returns a tree as lines. */
export function textOf(node: SpanNode, indent = '', branch = ''): string[] {
  const { span, children } = node;
  const head = `${indent}${branch}${span.kind === 'INTERNAL' ? '' : `${span.kind} `}${span.name}`;
  const note = noteOf(span);
  const below = `${indent}${branch === '├─ ' ? '│  ' : branch === '└─ ' ? '   ' : ''}`;
  return [
    note === '' ? head : `${head.padEnd(46)} ${note}`,
    ...children.flatMap((child, at) => textOf(child, below, at === children.length - 1 ? '└─ ' : '├─ ')),
  ];
}

/** A line of the picture: its bar goes from one tick to another. */
interface Line {
  readonly span: TreeSpan;
  readonly depth: number;
  readonly begin: number;
  readonly end: number;
}

const ROW = 26;
const NAMES = 300;
const BARS = 560;
const WIDTH = NAMES + BARS + 20;
const COLOURS = { INTERNAL: '#7a7f87', CLIENT: '#2f6fb7', SERVER: '#2e8b57' } as const;

/** Returns a tree as a picture. The bars are drawn from the tree alone, so the picture is the same in every run. */
export function pictureOf(root: SpanNode): string {
  const lines: Line[] = [];
  let tick = 0;
  const visit = ({ span, children }: SpanNode, depth: number): void => {
    const at = lines.length;
    const begin = tick++;
    lines.push({ span, depth, begin, end: begin });
    // the span of a cast ends when it was sent
    const isCast = span.kind === 'CLIENT' && span.attributes['concord.mode'] === 'cast';
    const end = isCast ? tick++ : undefined;
    for (const child of children) visit(child, depth + 1);
    lines[at] = { ...lines[at]!, end: end ?? tick++ };
  };
  visit(root, 0);
  const height = lines.length * ROW + 50;
  const x = (at: number) => NAMES + Math.round((at * BARS) / (tick - 1));
  const rows = lines.map(({ span, depth, begin, end }, row) => {
    const top = 30 + row * ROW;
    const colour = COLOURS[span.kind];
    const width = Math.max(4, x(end) - x(begin));
    return [
      row % 2 === 0 ? `<rect x="0" y="${top}" width="${WIDTH}" height="${ROW}" fill="#f4f5f7"/>` : '',
      `<circle cx="${14 + depth * 16}" cy="${top + 13}" r="4" fill="${colour}"/>`,
      `<text x="${24 + depth * 16}" y="${top + 17}">${span.name}${span.kind === 'SERVER' ? ` on ${span.attributes['concord.server']}` : ''}</text>`,
      `<rect x="${x(begin)}" y="${top + 6}" width="${width}" height="14" rx="3" fill="${colour}"><title>${span.kind} ${span.name} ${noteOf(span)}</title></rect>`,
    ]
      .filter((part) => part !== '')
      .join('\n');
  });
  const legend = Object.entries(COLOURS).map(
    ([kind, colour], at) =>
      `<circle cx="${NAMES + 6 + at * 90}" cy="15" r="4" fill="${colour}"/><text x="${NAMES + 16 + at * 90}" y="19">${kind.toLowerCase()}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="The spans of one trace, each below its parent" font-family="sans-serif" font-size="12" fill="#1f2328">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    '<text x="10" y="19" font-weight="bold">span</text>',
    ...legend,
    ...rows,
    `<text x="${NAMES}" y="${height - 6}" fill="#57606a">The bars are drawn from the tree: they show which span is below which, and no durations.</text>`,
    '</svg>',
    '',
  ].join('\n');
}
