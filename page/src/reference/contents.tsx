import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { language } from "../text/text.ts";
import { Preferences } from "../ui/preferences.tsx";
import { type OpenApi, type Operation, operationsOf, summaryOf, type Tag, tagName } from "./openapi.ts";
import { Method } from "./operation.tsx";
import { words } from "./text.ts";

/** Where one can go within the reference, and how it looks. */
export function Contents({ openapi }: { readonly openapi: OpenApi }): JSX.Element {
  const sought = useSignal("");
  const found = operationsOf(openapi).filter((operation) => isFound(operation, sought.value));
  return (
    <nav class="contents" aria-label={words.value.contents}>
      <a class="brand" href="/">
        <img src="/favicon.svg" alt="" />
        Omniport
      </a>
      <input
        class="input"
        type="search"
        placeholder={words.value.find}
        aria-label={words.value.find}
        value={sought.value}
        onInput={({ currentTarget }) => void (sought.value = currentTarget.value)}
      />
      <div class="contents-list">
        {openapi.tags.map((tag) => (
          <Group key={tag.name} tag={tag} operations={found.filter(({ tags }) => tags.includes(tag.name))} />
        ))}
        {found.length === 0 && <p class="muted small">{words.value.nothingFound}</p>}
      </div>
      <Preferences />
    </nav>
  );
}

function Group({
  tag,
  operations,
}: {
  readonly tag: Tag;
  readonly operations: readonly Operation[];
}): JSX.Element | null {
  if (operations.length === 0) return null;
  return (
    <>
      <h2>{tagName(tag, language.value)}</h2>
      <ul>
        {operations.map((operation) => (
          <li key={operation.operationId}>
            <a href={`#${operation.operationId}`} title={`${operation.method.toUpperCase()} ${operation.path}`}>
              <Method name={operation.method} />
              {summaryOf(operation, language.value)}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function isFound(operation: Operation, sought: string): boolean {
  const { method, path } = operation;
  return `${method} ${path} ${summaryOf(operation, language.value)}`
    .toLowerCase()
    .includes(sought.trim().toLowerCase());
}
