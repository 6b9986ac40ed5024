import type { Language } from "../text/text.ts";

/*
 * The parts of an OpenAPI document that the reference shows, as `npm run generate` writes them.
 * Source: https://spec.openapis.org/oas/v3.1.1.html
 */

/** What has a description in both languages. */
export interface Described {
  readonly description?: string;
  readonly "x-description-zh-TW"?: string;
}

export interface Summarised {
  readonly summary: string;
  readonly "x-summary-zh-TW"?: string;
}

export interface OpenApi {
  readonly info: Described & { readonly title: string; readonly version: string };
  readonly tags: readonly Tag[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly securitySchemes: Readonly<Record<string, Described>>;
  };
}

export interface Tag {
  readonly name: string;
  readonly "x-displayName": string;
  readonly "x-displayName-zh-TW": string;
}

export interface OperationObject extends Described, Summarised {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly "application/json": Body } };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security?: readonly object[];
}

export interface Parameter extends Described {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Body {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, Example>>;
}

export interface Example extends Summarised {
  readonly value: object;
}

export interface Answer extends Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** Source: https://json-schema.org/draft/2020-12 */
export interface Schema extends Described {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A route of the document, by itself. */
export interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
}

/** @throws where the server does not answer with it. */
export async function fetchOpenApi(signal: AbortSignal): Promise<OpenApi> {
  const response = await fetch("/openapi.json", { signal });
  if (!response.ok) throw new Error(`GET /openapi.json: ${response.status}`);
  return (await response.json()) as OpenApi;
}

export function operationsOf({ paths }: OpenApi): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
}

/** The description in that language, else in English. */
export function descriptionOf(described: Described, language: Language): string {
  return (language === "zh-TW" ? described["x-description-zh-TW"] : undefined) ?? described.description ?? "";
}

export function summaryOf(summarised: Summarised, language: Language): string {
  return (language === "zh-TW" ? summarised["x-summary-zh-TW"] : undefined) ?? summarised.summary;
}

export function tagName(tag: Tag, language: Language): string {
  return language === "zh-TW" ? tag["x-displayName-zh-TW"] : tag["x-displayName"];
}

/** The name in a reference: `#/components/schemas/Message` → `Message`. */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}
