/** The decorators to write in place of options that `@Since` had. */

/** Former options of `@Since`. Each has its own decorator now. */
interface FormerOptions {
  readonly values?: readonly unknown[];
  readonly fallback?: unknown;
  readonly was?: Readonly<Record<string, unknown>>;
}

/** Returns the line to write instead; `undefined` if the options hold none of those that `@Since` had. */
export function insteadOfSince(version: unknown, options: object): string | undefined {
  const { values, fallback, was } = options as FormerOptions;
  if (values === undefined && fallback === undefined && was === undefined) return undefined;
  const { required, ...limits } = was ?? {};
  const more = fallback === undefined ? '' : `, { fallback: ${literal(fallback)} }`;
  return [
    ...(values === undefined && more === '' ? [] : [`@ValuesSince(${literal(version)}, ${literal(values ?? [])}${more})`]),
    ...(Object.keys(limits).length === 0 ? [] : [`@LimitsBefore(${literal(version)}, ${literal(limits)})`]),
    ...(required === undefined ? [] : [`@RequiredBefore(${literal(version)})`]),
  ].join(' ');
}

/** Writes a value as TypeScript does. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}: ${literal(part)}`)
    .join(', ')} }`;
}
