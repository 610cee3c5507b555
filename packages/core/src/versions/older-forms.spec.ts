/** Calls in older forms: for random methods and values, held against what is plainly right. */
import { compileNeeds, compileOlderForms, latePartsOf } from '@concord-rpc/core/engine';
import fc from 'fast-check';
import { calls, MOST } from '../../../../tests/fixtures/random/calls';

const withForms = calls
  .map((call) => {
    const needs = compileNeeds(call.method, call.dtos);
    return { ...call, needs, forms: compileOlderForms(call.method, call.dtos, needs) };
  })
  .filter(({ forms }) => forms !== undefined);

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(Object.freeze(value))) frozen(part);
  return value;
};

test('a form for a server has no part that is younger than the server, and needs what it says', () => {
  fc.assert(
    fc.property(withForms, fc.integer({ min: 0, max: MOST }), ({ method, dtos, values, forms }, served) => {
      const before = structuredClone(values);
      const form = forms!.newest(frozen(values), served);
      expect(values).toEqual(before);
      if (form === undefined) return;
      const minors = latePartsOf(method, form.args, dtos).map(({ minor }) => minor);
      expect(Math.max(...minors)).toBe(form.minor);
      expect(form.minor).toBeLessThanOrEqual(served);
    }),
    { numRuns: 2_000 },
  );
});

test('what a form leaves out is droppable, or in something that is; nothing else is missing', () => {
  fc.assert(
    fc.property(withForms, fc.integer({ min: 0, max: MOST }), ({ method, dtos, values, forms, needs }, served) => {
      const form = forms!.newest(values, served);
      if (form === undefined) return;
      if (needs.least(values) <= served) expect(forms!.leftOut(values, form)).toEqual([]);
      for (const { path } of forms!.leftOut(values, form)) expect(isDroppable(path)).toBe(true);
      const kept = latePartsOf(method, form.args, dtos).map((part) => part.path);
      const gone = forms!.leftOut(values, form).map((part) => part.path);
      const all = latePartsOf(method, values, dtos).map((part) => part.path);
      expect(new Set([...kept, ...all.filter((path) => gone.some((root) => isWithin(path, root)))])).toEqual(new Set(all));

      function isDroppable(path: string): boolean {
        const steps = path.replaceAll(/\[\d+\]/g, '').split('.');
        let place: { type: (typeof method.args)[number]['type']; droppable: boolean } = method.args.find(
          ({ name }) => name === steps[0],
        )!;
        for (const step of steps.slice(1)) {
          let { type } = place;
          while (type.kind === 'array') type = type.items;
          if (type.kind !== 'class') throw new Error(`${path} leads into a ${type.kind}`);
          place = dtos.get(type.type)!.fields.find(({ name }) => name === step)!;
        }
        return place.droppable;
      }
    }),
    { numRuns: 1_000 },
  );
});

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`);
}
