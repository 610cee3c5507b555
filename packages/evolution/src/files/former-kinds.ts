/** Reads `kind`, the former key of a method's mode in contract files, as `mode`. */

/** The path of a method in a contract file, as keys. */
type MethodPath = readonly ['endpoints', string, 'methods', string];

/** The paths of the methods that have both `kind` and `mode`. */
export function methodsWithBoth(document: unknown): readonly MethodPath[] {
  const endpoints = Object.entries(objectIn(document, 'endpoints') ?? {});
  return endpoints.flatMap(([key, endpoint]) =>
    Object.entries(objectIn(endpoint, 'methods') ?? {})
      .filter(([, method]) => isObject(method) && 'kind' in method && 'mode' in method)
      .map(([name]): MethodPath => ['endpoints', key, 'methods', name]),
  );
}

/** A document in which every method has its mode under `mode`. Parts that are not objects stay as they are. */
export function withModes(document: unknown): unknown {
  return replaced(document, 'endpoints', (endpoints) =>
    eachMember(endpoints, (endpoint) => replaced(endpoint, 'methods', (methods) => eachMember(methods, withMode))),
  );
}

function withMode(method: unknown): unknown {
  if (!isObject(method) || !('kind' in method) || 'mode' in method) return method;
  const { kind, ...rest } = method;
  return { mode: kind, ...rest };
}

function replaced(value: unknown, key: string, replace: (inner: Record<string, unknown>) => unknown): unknown {
  const inner = objectIn(value, key);
  return inner === undefined ? value : { ...Object(value), [key]: replace(inner) };
}

function eachMember(value: Record<string, unknown>, replace: (member: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replace(member)]));
}

function objectIn(value: unknown, key: string): Record<string, unknown> | undefined {
  const inner = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(inner) ? inner : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
