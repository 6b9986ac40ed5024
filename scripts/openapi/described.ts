import type { z } from "zod";

/** One text in both languages of the reference. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** Schemas by the names that the reference has for them. */
export type Schemas = Readonly<Record<string, z.ZodType>>;

/** The schema with its description: OpenAPI's own in English, and beside it an extension in Traditional Chinese. */
export function says<S extends z.ZodType>(schema: S, en: string, zh: string): S {
  return schema.meta({ description: en, "x-description-zh-TW": zh });
}

/** An optional field that may also be null, as OpenAI's are. */
export function maybe<S extends z.ZodType>(schema: S, en: string, zh: string): z.ZodExactOptional<z.ZodNullable<S>> {
  return says(schema.nullable(), en, zh).exactOptional();
}

/** An optional field that is there or not, but never null. */
export function perhaps<S extends z.ZodType>(schema: S, en: string, zh: string): z.ZodExactOptional<S> {
  return says(schema, en, zh).exactOptional();
}

/**
 * The schema of an object of the wire, once its fields are those of the TypeScript type `T`: `described<Model>()(…)` does
 * not compile where a field of the type is missing in the schema, is of another type, or is optional in one of them
 * only. Fields beside those of the type must be ones that its index signature allows.
 */
export function described<T>(): <S extends z.ZodObject>(schema: S & Differences<z.output<S>, T>) => S {
  return (schema) => schema;
}

/** `unknown` where the two agree, which any schema is; else an object that none is, whose names say what is wrong. */
type Differences<Schema, T> =
  Exclude<Named<T>, Named<Schema>> extends never
    ? WrongFields<Schema, T> extends never
      ? Schema extends T
        ? unknown
        : { readonly "the type of a field differs": never }
      : { readonly "these differ": WrongFields<Schema, T> }
    : { readonly "these are missing": Exclude<Named<T>, Named<Schema>> };

/** The keys that are written out; not those of an index signature. */
type Named<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] };

type WrongFields<Schema, T> = {
  [K in Named<T>]-?: K extends keyof Schema ? (IsSame<Schema, T, K> extends true ? never : K) : K;
}[Named<T>];

/** Optional in both or in neither; and unless objects are in them, which have checks of their own, the same values. */
type IsSame<Schema, T, K extends keyof Schema & keyof T> =
  IsOptional<Schema, K> extends IsOptional<T, K>
    ? HasObject<T[K]> extends true
      ? true
      : [T[K]] extends [Schema[K]]
        ? true
        : false
    : false;

type IsOptional<T, K extends keyof T> = {} extends Pick<T, K> ? true : false;
type HasObject<Value> = Extract<Value, object> extends never ? false : true;
