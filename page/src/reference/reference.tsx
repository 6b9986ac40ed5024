import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { language } from "../text/text.ts";
import { Notice } from "../ui/notice.tsx";
import { Contents } from "./contents.tsx";
import { descriptionOf, fetchOpenApi, type OpenApi, operationsOf, tagName } from "./openapi.ts";
import { OperationSection } from "./operation.tsx";
import { Prose } from "./prose.tsx";
import { words } from "./text.ts";

/** The API reference: a list of the routes, and all of them below each other. */
export function Reference(): JSX.Element {
  const loaded = useSignal<OpenApi | "failed" | undefined>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    fetchOpenApi(leaving.signal).then(
      (openapi) => (loaded.value = openapi),
      () => (loaded.value = "failed"),
    );
    return () => leaving.abort();
  }, []);
  useEffect(() => void (document.title = `${words.value.title} · Omniport`), [language.value]);

  if (loaded.value === undefined) return <p class="loading muted">{words.value.loading}</p>;
  if (loaded.value === "failed") return <Notice kind="error" title={words.value.notLoaded} />;
  return <Loaded openapi={loaded.value} />;
}

function Loaded({ openapi }: { readonly openapi: OpenApi }): JSX.Element {
  // The address may name a route that was not there when the page came.
  useEffect(() => document.getElementById(location.hash.slice(1))?.scrollIntoView(), []);
  const operations = operationsOf(openapi);
  return (
    <div class="reference">
      <Contents openapi={openapi} />
      <main class="reference-main">
        <Introduction openapi={openapi} />
        {openapi.tags.map((tag) => (
          <section key={tag.name} aria-label={tagName(tag, language.value)}>
            <h2 class="tag">{tagName(tag, language.value)}</h2>
            {operations
              .filter(({ tags }) => tags.includes(tag.name))
              .map((operation) => (
                <OperationSection key={operation.operationId} operation={operation} openapi={openapi} />
              ))}
          </section>
        ))}
      </main>
    </div>
  );
}

function Introduction({ openapi }: { readonly openapi: OpenApi }): JSX.Element {
  const { bearer } = openapi.components.securitySchemes;
  return (
    <header class="introduction reading">
      <h1>
        {words.value.title} <span class="muted">{openapi.info.version}</span>
      </h1>
      <p>
        <Prose text={descriptionOf(openapi.info, language.value)} />
      </p>
      <p>
        <strong>{words.value.key}</strong> <code>Authorization: Bearer …</code>{" "}
        {bearer && <Prose text={descriptionOf(bearer, language.value)} />}
      </p>
      <p>
        <a href="/openapi.json">{words.value.document}</a>
      </p>
    </header>
  );
}
