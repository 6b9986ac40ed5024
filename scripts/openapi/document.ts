import { z } from "zod";
import { ADMIN } from "./admin.ts";
import { CHAT } from "./chat.ts";
import type { Schemas, Text } from "./described.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { MODELS } from "./models.ts";
import { type Answer, type Operation, type Parameter, TAGS } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { RERANK } from "./rerank.ts";
import { SERVICE } from "./service.ts";

const SCHEMAS: Schemas = {
  ...CHAT,
  ...EMBEDDINGS,
  ...RERANK,
  ...MODELS,
  ...SERVICE,
  ...ADMIN,
  OpenAPI: z.looseObject({ openapi: z.string() }),
};

/**
 * What the server answers, as an OpenAPI document. Its English texts stand where OpenAPI has them, the Chinese ones
 * beside them in `x-…-zh-TW`.
 * Source: https://spec.openapis.org/oas/v3.1.1.html
 */
export function openapi(version: string): object {
  const paths = Object.groupBy(OPERATIONS, ({ path }) => path);
  return {
    openapi: "3.1.1",
    info: { title: "Omniport", version, ...described(INTRODUCTION), license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { header: [] }, {}],
    tags: Object.entries(TAGS).map(([name, { en, zh }]) => ({ name, "x-displayName": en, "x-displayName-zh-TW": zh })),
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, operations = []]) => [
        path,
        Object.fromEntries(operations.map((operation) => [operation.method, operationObject(operation)])),
      ]),
    ),
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", ...described(KEY) },
        header: { type: "apiKey", in: "header", name: "x-api-key", ...described(KEY) },
      },
      responses: { Error: answerObject([{ text: ERROR, schema: "Error" }]) },
      schemas: componentSchemas(),
    },
  };
}

const INTRODUCTION: Text = {
  en: "One OpenAI-compatible API for every model. The routes below `/v1` answer without it, too.",
  zh: "一個與 OpenAI 相容的 API，適用於所有模型。`/v1` 之下的路由去掉它也能使用。",
};

const KEY: Text = {
  en: "One of `OMNIPORT_API_KEY`; where that is not set, any key, or none, will do.",
  zh: "`OMNIPORT_API_KEY` 中的一個金鑰；未設定時，任何金鑰或不送都可以。",
};

const ERROR: Text = { en: "An error, in OpenAI's shape.", zh: "錯誤，格式與 OpenAI 相同。" };

function operationObject(operation: Operation): object {
  const { id, tag, summary, description, parameters = [], body, examples = [], answers, isOpen } = operation;
  const byStatus = Object.groupBy(answers, ({ status = 200 }) => status);
  return {
    operationId: id,
    tags: [tag],
    summary: summary.en,
    "x-summary-zh-TW": summary.zh,
    ...(description && described(description)),
    ...(isOpen === true && { security: [] }),
    ...(parameters.length > 0 && { parameters: parameters.map(parameterObject) }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: reference(body),
            ...(examples.length > 0 && {
              examples: Object.fromEntries(
                examples.map(({ title, body: value }) => [
                  title.en.replaceAll(" ", "-").toLowerCase(),
                  { summary: title.en, "x-summary-zh-TW": title.zh, value },
                ]),
              ),
            }),
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(byStatus).map(([status, those = []]) => [status, answerObject(those)])),
      default: { $ref: "#/components/responses/Error" },
    },
  };
}

/** One status may come in several types: a whole answer, or a stream. */
function answerObject(answers: readonly Answer[]): object {
  const text = { en: answers.map(({ text }) => text.en).join(" "), zh: answers.map(({ text }) => text.zh).join("") };
  return { ...described(text), content: Object.assign({}, ...answers.map(contentTypes)) };
}

function contentTypes({ type = "application/json", schema }: Answer): object {
  return { [type]: { schema: schema === undefined ? { type: "string" } : reference(schema) } };
}

function parameterObject({ name, in: place, text, schema = { type: "string" } }: Parameter): object {
  return { name, in: place, ...(place === "path" && { required: true }), ...described(text), schema };
}

function described({ en, zh }: Text): object {
  return { description: en, "x-description-zh-TW": zh };
}

function reference(name: string): object {
  return { $ref: pathOf(name) };
}

function pathOf(name: string): string {
  return `#/components/schemas/${name}`;
}

/** The schemas as JSON Schema 2020-12, which OpenAPI 3.1 has. */
function componentSchemas(): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: pathOf,
    io: "input",
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  );
}

/** Leaves out what goes without saying: that other fields are allowed, and that integers are safe ones. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  const { additionalProperties, minimum, maximum } = schema;
  if (typeof additionalProperties === "object" && Object.keys(additionalProperties).length === 0)
    delete schema.additionalProperties;
  if (minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
