import type { JSX } from "preact";
import { language } from "../text/text.ts";
import { ExampleCode } from "./example.tsx";
import {
  type Answer,
  descriptionOf,
  nameOf,
  type OpenApi,
  type Operation,
  type Parameter,
  summaryOf,
} from "./openapi.ts";
import { Prose } from "./prose.tsx";
import { typeText } from "./schema-type.ts";
import { Fields } from "./schema.tsx";
import { words } from "./text.ts";

interface OperationProps {
  readonly operation: Operation;
  readonly openapi: OpenApi;
}

/** One route: what it does and takes on one side, a call of it to copy on the other. */
export function OperationSection({ operation, openapi }: OperationProps): JSX.Element {
  const { operationId: id, parameters = [], requestBody, security } = operation;
  const { schemas } = openapi.components;
  const body = requestBody?.content["application/json"].schema;
  return (
    <section class="operation" id={id} aria-labelledby={`${id}-title`}>
      <div class="operation-text">
        <h3 id={`${id}-title`}>{summaryOf(operation, language.value)}</h3>
        <p class="operation-address">
          <Method name={operation.method} />
          <code>{operation.path}</code>
          {security?.length === 0 && <span class="badge">{words.value.open}</span>}
        </p>
        {operation.description !== undefined && (
          <p class="reading">
            <Prose text={descriptionOf(operation, language.value)} />
          </p>
        )}
        {parameters.length > 0 && <Parameters parameters={parameters} />}
        {body && (
          <>
            <h4>{words.value.body}</h4>
            <Fields schema={body} schemas={schemas} />
          </>
        )}
        <h4>{words.value.answers}</h4>
        {Object.entries(operation.responses).map(([status, answer]) => (
          <AnswerEntry key={status} status={status} answer={answer} openapi={openapi} />
        ))}
      </div>
      <ExampleCode operation={operation} />
    </section>
  );
}

export function Method({ name }: { readonly name: string }): JSX.Element {
  return <span class={`method ${name}`}>{name.toUpperCase()}</span>;
}

function Parameters({ parameters }: { readonly parameters: readonly Parameter[] }): JSX.Element {
  return (
    <>
      <h4>{words.value.parameters}</h4>
      <ul class="fields">
        {parameters.map((parameter) => (
          <li key={parameter.name} class="field-entry">
            <div class="field-head">
              <code class="field-name">{parameter.name}</code>
              <span class="field-type mono">{typeText(parameter.schema)}</span>
              <span class="muted small">{words.value.places[parameter.in]}</span>
            </div>
            <p class="field-text">
              <Prose text={descriptionOf(parameter, language.value)} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

interface AnswerProps {
  readonly status: string;
  readonly answer: Answer;
  readonly openapi: OpenApi;
}

/** `default` is whatever is not listed: the errors. */
function AnswerEntry({ status, answer, openapi }: AnswerProps): JSX.Element {
  const { schemas, responses } = openapi.components;
  const shown = (answer.$ref === undefined ? undefined : responses[nameOf(answer.$ref)]) ?? answer;
  return (
    <div class="answer">
      <p>
        <span class={`badge ${status.startsWith("2") ? "good" : "bad"}`}>
          {status === "default" ? "4xx, 5xx" : status}
        </span>{" "}
        <Prose text={descriptionOf(shown, language.value)} />
      </p>
      {Object.entries(shown.content ?? {}).map(([type, { schema }]) => (
        <details key={type} class="inner">
          <summary>
            <code>{type}</code> <span class="field-type mono">{typeText(schema)}</span>
          </summary>
          <Fields schema={schema} schemas={schemas} />
        </details>
      ))}
    </div>
  );
}
