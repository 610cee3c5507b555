/** The codecs that a contract can choose, and the types that each of them lacks. */
import { problemOfUnion } from './kind-union';
import { innerTypes, type TypeRef, type UnknownType } from './type-ref';
import type { ValueKind } from './value-kinds';

/** The wire format of an interface. */
export type CodecName = 'json' | 'msgpack';

/** The kinds that each codec lacks, as errors call them. */
const LACKS: Readonly<Record<CodecName, { readonly [K in ValueKind]?: string }>> = {
  json: { bytes: 'bytes' },
  msgpack: {},
};

/** The kinds that a codec carries as another kind. */
const AS: Readonly<Record<CodecName, { readonly [K in ValueKind]?: ValueKind }>> = { json: { date: 'dateText' }, msgpack: {} };

/** Every codec that a contract can choose. */
export const CODEC_NAMES = Object.keys(LACKS) as readonly CodecName[];

/** Returns the type, or the reason why this codec cannot carry it. */
export function carriedType(type: TypeRef | UnknownType, codec: CodecName): TypeRef | UnknownType {
  const lacking = type.kind === 'unknown' ? undefined : lackingIn(type, codec);
  if (lacking === undefined) {
    if (type.kind === 'unknown') return type;
    const carried = asCarried(type, codec);
    const why = problemIn(carried);
    return why === undefined ? carried : { kind: 'unknown', why };
  }
  return { kind: 'unknown', why: `the JSON codec cannot carry ${lacking}; @Endpoint({ codec: 'msgpack' }) can` };
}

/** Returns the reason why decoded values do not tell the members of a union apart: a codec can carry two kinds as text. */
function problemIn(type: TypeRef): string | undefined {
  const own = type.kind === 'union' ? problemOfUnion(type.members) : undefined;
  return own ?? innerTypes(type).flatMap((inner) => problemIn(inner) ?? [])[0];
}

/** Returns a type with the kinds as which a codec carries its values. */
function asCarried(type: TypeRef, codec: CodecName): TypeRef {
  switch (type.kind) {
    case 'array':
      return { kind: 'array', items: asCarried(type.items, codec) };
    case 'record':
      return { kind: 'record', values: asCarried(type.values, codec) };
    case 'nullable':
      return { kind: 'nullable', of: asCarried(type.of, codec) };
    case 'union':
      return { kind: 'union', members: type.members.map((member) => asCarried(member, codec)) };
    default: {
      const kind = AS[codec][type.kind as ValueKind];
      return kind === undefined ? type : { kind };
    }
  }
}

function lackingIn(type: TypeRef, codec: CodecName): string | undefined {
  const lacking = LACKS[codec][type.kind as ValueKind];
  return lacking ?? innerTypes(type).flatMap((inner) => lackingIn(inner, codec) ?? [])[0];
}
