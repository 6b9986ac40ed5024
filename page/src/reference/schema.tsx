import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { language } from "../text/text.ts";
import { descriptionOf, nameOf, type Schema } from "./openapi.ts";
import { Prose } from "./prose.tsx";
import { isNullable, objectsIn, typeText } from "./schema-type.ts";
import { words } from "./text.ts";

type Schemas = Readonly<Record<string, Schema>>;

interface FieldsProps {
  readonly schema: Schema;
  /** What references lead to. */
  readonly schemas: Schemas;
}

/** An object's fields, one below the other; the objects in them can be opened. */
export function Fields({ schema, schemas }: FieldsProps): JSX.Element {
  const { properties = {}, required = [] } = resolved(schema, schemas);
  return (
    <ul class="fields">
      {Object.entries(properties).map(([name, field]) => (
        <Field key={name} name={name} schema={field} schemas={schemas} isRequired={required.includes(name)} />
      ))}
    </ul>
  );
}

interface FieldProps extends FieldsProps {
  readonly name: string;
  readonly isRequired: boolean;
}

function Field({ name, schema, schemas, isRequired }: FieldProps): JSX.Element {
  const inner = objectsIn(schema).filter((object) => resolved(object, schemas).properties);
  const text = descriptionOf(schema, language.value) || descriptionOf(resolved(schema, schemas), language.value);
  return (
    <li class="field-entry">
      <div class="field-head">
        <code class="field-name">{name}</code>
        <span class="field-type mono">{typeText(schema)}</span>
        {isRequired && <span class="field-required small">{words.value.required}</span>}
        {/* What may be left out may mostly be null as well. */}
        {isRequired && isNullable(schema) && <span class="muted small">{words.value.nullable}</span>}
      </div>
      {text !== "" && (
        <p class="field-text">
          <Prose text={text} />
        </p>
      )}
      {inner.map((object, index) => (
        <Inner
          key={index}
          name={object.$ref === undefined ? name : nameOf(object.$ref)}
          schema={object}
          schemas={schemas}
        />
      ))}
    </li>
  );
}

/** Closed at first, and only then made: objects may hold each other. */
function Inner({ name, schema, schemas }: FieldsProps & { readonly name: string }): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details class="inner" onToggle={({ currentTarget }) => void (isOpen.value = currentTarget.open)}>
      <summary>{words.value.fieldsOf(name)}</summary>
      {isOpen.value && <Fields schema={schema} schemas={schemas} />}
    </details>
  );
}

function resolved(schema: Schema, schemas: Schemas): Schema {
  return (schema.$ref === undefined ? undefined : schemas[nameOf(schema.$ref)]) ?? schema;
}
