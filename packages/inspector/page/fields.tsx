/** The fields of a form, made from the types of a contract. */
import type { ComponentChildren } from 'preact';
import type { SchemaDocument } from './contract-types';
import { controlOf, emptyValue, isUnread, jsonIn, numberIn, resolved, type Types } from './draft';

/** The findings of the check about the fields, by path: `filter.tags.0`. */
export type Problems = ReadonlyMap<string, string>;

/** The parts of a form that all its fields need. */
export interface FormContext {
  readonly types: Types;
  readonly problems: Problems;
}

interface FieldProps {
  readonly form: FormContext;
  readonly schema: SchemaDocument;
  readonly path: string;
  readonly label: string;
  /** The version since which the part exists. */
  readonly since?: string;
  readonly isOptional: boolean;
  /** `undefined`: the part is left out. */
  readonly value: unknown;
  readonly depth: number;
  onChange(value: unknown): void;
}

/** One argument or field. An optional one that is left out is a button that adds it. */
export function Field(props: FieldProps) {
  const { form, schema, path, label, since, isOptional, value, onChange } = props;
  const mark = since === undefined ? null : <span class="tag">since {since}</span>;
  if (value === undefined) {
    return (
      <div class="field absent">
        <button type="button" onClick={() => onChange(emptyValue(schema, form.types))}>
          Add {label}
        </button>{' '}
        {mark}
        <Problem form={form} path={path} />
      </div>
    );
  }
  const remove = isOptional && (
    <button type="button" class="small" aria-label={`Leave out ${path}`} onClick={() => onChange(undefined)}>
      Leave out
    </button>
  );
  const own = resolved(schema, form.types);
  const control = controlOf(own, props.depth);
  if (control === 'object' || control === 'list') {
    return (
      <fieldset class="field">
        <legend>
          {label} {mark} {remove}
        </legend>
        {control === 'object' ? <ObjectFields {...props} schema={own} /> : <ListItems {...props} schema={own} />}
        <Problem form={form} path={path} />
      </fieldset>
    );
  }
  return (
    <div class="field">
      <label for={idOf(path)}>
        {label} {mark}
      </label>
      <span class="control">
        <Input {...props} schema={own} />
        {remove}
      </span>
      <Problem form={form} path={path} />
    </div>
  );
}

function ObjectFields({ form, schema, path, value, depth, onChange }: FieldProps) {
  const { properties = {}, required = [] } = schema;
  const known = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  return (
    <>
      {Object.entries(properties).map(([name, field]) => (
        <Field
          key={name}
          form={form}
          schema={field}
          path={`${path}.${name}`}
          label={name}
          since={typeof field['x-since'] === 'string' ? field['x-since'] : undefined}
          isOptional={!required.includes(name)}
          value={known[name]}
          depth={depth + 1}
          onChange={(next) => onChange(withPart(known, name, next))}
        />
      ))}
    </>
  );
}

function ListItems({ form, schema, path, label, value, depth, onChange }: FieldProps) {
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const type = schema.items ?? {};
  return (
    <>
      {items.map((item, index) => (
        <div class="item" key={`${path}.${index}`}>
          <Field
            form={form}
            schema={type}
            path={`${path}.${index}`}
            label={`${label} ${index + 1}`}
            isOptional={false}
            value={item}
            depth={depth + 1}
            onChange={(next) => onChange(items.map((each, at) => (at === index ? next : each)))}
          />
          <button
            type="button"
            class="small"
            aria-label={`Remove ${label} ${index + 1}`}
            onClick={() => onChange(items.filter((_, at) => at !== index))}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onChange([...items, emptyValue(type, form.types)])}>
        Add an item to {label}
      </button>
    </>
  );
}

function Input({ form, schema, path, value, depth, onChange }: FieldProps) {
  const shared = {
    id: idOf(path),
    name: path,
    'aria-invalid': form.problems.has(path),
    'aria-describedby': form.problems.has(path) ? `${idOf(path)}-problem` : undefined,
    autocomplete: 'off' as const,
    spellcheck: false,
  };
  const choice = (values: readonly unknown[]) => (
    <select {...shared} value={JSON.stringify(value)} onChange={({ currentTarget }) => onChange(jsonIn(currentTarget.value))}>
      {values.map(
        (each): ComponentChildren => (
          <option key={JSON.stringify(each)} value={JSON.stringify(each)}>
            {String(each)}
          </option>
        ),
      )}
    </select>
  );
  switch (controlOf(schema, depth)) {
    case 'choice':
      return choice(schema.enum!);
    case 'switch':
      return choice([false, true]);
    case 'number':
      return (
        <input
          {...shared}
          inputMode="decimal"
          value={String(value)}
          onInput={({ currentTarget }) => onChange(numberIn(currentTarget.value))}
        />
      );
    case 'text':
      return <input {...shared} value={String(value)} onInput={({ currentTarget }) => onChange(currentTarget.value)} />;
    default:
      return (
        <textarea
          {...shared}
          rows={3}
          value={isUnread(value) ? value.unread : JSON.stringify(value, undefined, 2)}
          onInput={({ currentTarget }) => onChange(jsonIn(currentTarget.value))}
        />
      );
  }
}

function Problem({ form, path }: { readonly form: FormContext; readonly path: string }) {
  const problem = form.problems.get(path);
  if (problem === undefined) return null;
  return (
    <p class="bad" id={`${idOf(path)}-problem`}>
      {path} {problem}
    </p>
  );
}

/** An object with a part set, or without it if it is `undefined`. */
export function withPart(
  object: Readonly<Record<string, unknown>>,
  name: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const { [name]: _, ...others } = object;
  return value === undefined ? others : { ...others, [name]: value };
}

function idOf(path: string): string {
  return `field-${path}`;
}
