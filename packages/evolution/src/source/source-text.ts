/** Finds lines and columns in a JSON text, and the nodes that paths of findings name. */
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

/** A position in a text. Both numbers count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Returns the position of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** Returns a function that finds the positions of many offsets of one text. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

/**
 * Returns the property, or the value if it has no key, at a path of keys and indexes; its closest existing parent if the path
 * does not exist.
 */
export function nodeAt(root: Node | undefined, segments: readonly (string | number)[]): Node | undefined {
  for (let length = segments.length; root !== undefined && length >= 0; length--) {
    const node = findNodeAtLocation(root, segments.slice(0, length));
    if (node !== undefined) return node.parent?.type === 'property' ? node.parent : node;
  }
  return root;
}

/**
 * Returns a function that finds the position of a finding's path, such as `L3Plugin@1/sync/args/host`, in the text of a contract
 * file.
 */
export function locateIn(text: string): (path: string) => Position | undefined {
  const content = text.replace(/^\uFEFF/, '');
  const root = parseTree(content);
  const positionOf = positionsIn(content);
  let nodes: NodeIndex | undefined;
  return (path) => {
    nodes ??= root === undefined ? new Map() : indexOf(root);
    for (let known = path; known !== ''; known = known.replace(/(?:^|[./#~=|[{])[^./#~=|[{]*$/, '')) {
      const node = nodes.get(known);
      if (node !== undefined) return positionOf(node.offset);
    }
    return root === undefined ? undefined : positionOf(root.offset);
  };
}

type NodeIndex = Map<string, Node>;

function indexOf(root: Node): NodeIndex {
  const nodes: NodeIndex = new Map();
  for (const [key, endpoint] of membersOf(root, 'endpoints')) {
    nodes.set(key, endpoint);
    for (const [name, method] of membersOf(endpoint, 'methods')) indexMethod(nodes, `${key}/${name}`, method);
  }
  for (const [name, type] of membersOf(root, 'types')) indexSchema(nodes, `types/${name}`, type);
  for (const [key, releases] of membersOf(root, 'releases')) {
    for (const [version, hash] of membersOf(releases)) nodes.set(`${key}#${version}`, hash);
  }
  return nodes;
}

function indexMethod(nodes: NodeIndex, path: string, method: Node): void {
  nodes.set(path, method);
  const args = valueUnder(method, 'args');
  if (args !== undefined) nodes.set(`${path}/args`, args);
  for (const arg of args?.children ?? []) {
    const name = valueUnder(arg, 'name')?.value;
    const schema = valueUnder(arg, 'schema');
    if (schema !== undefined) indexSchema(nodes, `${path}/args/${name}`, schema);
    nodes.set(`${path}/args/${name}`, arg);
  }
  const returns = valueUnder(method, 'returns');
  if (returns !== undefined) indexSchema(nodes, `${path}/returns`, returns);
  for (const [code, error] of membersOf(method, 'errors')) {
    const data = valueUnder(error, 'data');
    if (data !== undefined) indexSchema(nodes, `${path}/errors/${code}`, data);
    nodes.set(`${path}/errors/${code}`, error);
  }
}

function indexSchema(nodes: NodeIndex, path: string, schema: Node): void {
  nodes.set(path, schema.parent?.type === 'property' ? schema.parent : schema);
  const value = schema.type === 'property' ? schema.children![1]! : schema;
  for (const [name, field] of membersOf(value, 'properties')) indexSchema(nodes, `${path}.${name}`, field);
  const items = valueUnder(value, 'items');
  if (items !== undefined) indexSchema(nodes, `${path}[]`, items);
  const rest = valueUnder(value, 'additionalProperties');
  if (rest?.type === 'object') indexSchema(nodes, `${path}{}`, rest);
}

/** Returns the members of an object, or of the object under one of its keys, as properties. */
function membersOf(node: Node, key?: string): [string, Node][] {
  const object = node.type === 'property' ? node.children![1]! : node;
  const value = key === undefined ? object : findNodeAtLocation(object, [key]);
  if (value?.type !== 'object') return [];
  return (value.children ?? []).map((property) => [property.children![0]!.value as string, property]);
}

function valueUnder(node: Node, key: string): Node | undefined {
  return findNodeAtLocation(node.type === 'property' ? node.children![1]! : node, [key]);
}
