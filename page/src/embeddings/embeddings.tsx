import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { embed } from "../api/embeddings.ts";
import { ModelPicker } from "../model-picker/model-picker.tsx";
import { duration, number } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { Failed } from "../ui/failed.tsx";
import { TextField } from "../ui/field.tsx";
import { Empty } from "../ui/notice.tsx";
import { HeatMap } from "./heat-map.tsx";
import { PointMap } from "./point-map.tsx";
import { cosines, project, type Projection } from "./vectors.ts";
import "./embeddings.css";

/** More could neither be read nor told apart. */
const MAX_TEXTS = 60;
const DEFAULT_MODEL = "local/embed";

/** Texts and how their vectors lie to each other. */
interface Compared {
  readonly texts: readonly string[];
  readonly similarity: readonly (readonly number[])[];
  readonly projection: Projection;
  readonly dimensions: number;
  readonly tokens: number;
  readonly durationMs: number;
}

/** Lines of text, and how near a model puts them to each other. */
export function Embeddings(): JSX.Element {
  const { embeddings } = text.value;
  const model = useSignal(DEFAULT_MODEL);
  const typed = useSignal(embeddings.examples.join("\n"));
  const compared = useSignal<Compared | undefined>(undefined);
  const failure = useSignal<Error | undefined>(undefined);
  const isBusy = useSignal(false);
  const call = useRef(new AbortController());
  useEffect(() => () => call.current.abort(), []);

  const texts = textsIn(typed.value);
  const compute = async (): Promise<void> => {
    call.current.abort();
    call.current = new AbortController();
    const { signal } = call.current;
    isBusy.value = true;
    failure.value = undefined;
    try {
      compared.value = await compare(model.value, texts, signal);
    } catch (thrown) {
      if (!signal.aborted) failure.value = thrown instanceof Error ? thrown : new Error(String(thrown));
    } finally {
      if (!signal.aborted) isBusy.value = false;
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void compute();
  };
  return (
    <div class="view embeddings">
      <header class="view-head">
        <div>
          <h1>{text.value.frame.views.embeddings}</h1>
          <p>{embeddings.hint}</p>
        </div>
      </header>
      <form class="embeddings-form" onSubmit={submit}>
        <TextField
          label={embeddings.texts}
          rows={8}
          value={typed.value}
          hint={embeddings.count(texts.length, MAX_TEXTS)}
          onInput={(value) => void (typed.value = value)}
        />
        <div class="embeddings-actions">
          <ModelPicker use="embeddings" value={model.value} onPick={(picked) => void (model.value = picked)} />
          <Button kind="primary" submits busy={isBusy.value} disabled={texts.length < 2 || texts.length > MAX_TEXTS}>
            {isBusy.value ? embeddings.computing : embeddings.compute}
          </Button>
          <Button kind="quiet" onClick={() => void (typed.value = embeddings.examples.join("\n"))}>
            {embeddings.example}
          </Button>
        </div>
      </form>
      {failure.value && <Failed failure={failure.value} onAgain={() => void compute()} />}
      {compared.value ? <Maps compared={compared.value} /> : <NoVectors />}
    </div>
  );
}

function NoVectors(): JSX.Element {
  const { embeddings } = text.value;
  return (
    <Empty icon="scatter" title={embeddings.empty}>
      <p>{embeddings.emptyHint}</p>
    </Empty>
  );
}

function Maps({ compared }: { readonly compared: Compared }): JSX.Element {
  const { embeddings } = text.value;
  const { texts, similarity, projection, dimensions, tokens, durationMs } = compared;
  return (
    <>
      <p class="muted small numeric" role="status">
        {embeddings.figures(number(texts.length), number(dimensions), number(tokens), duration(durationMs))}
      </p>
      <div class="embeddings-maps">
        <HeatMap texts={texts} similarity={similarity} />
        <PointMap texts={texts} projection={projection} similarity={similarity} />
      </div>
    </>
  );
}

function textsIn(typed: string): readonly string[] {
  return typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

async function compare(model: string, texts: readonly string[], signal: AbortSignal): Promise<Compared> {
  const startedAt = performance.now();
  const { data, usage } = await embed(model, texts, signal);
  const vectors = data.toSorted((one, other) => one.index - other.index).map(({ embedding }) => floats(embedding));
  return {
    texts,
    similarity: cosines(vectors),
    projection: project(vectors),
    dimensions: vectors[0]?.length ?? 0,
    tokens: usage.prompt_tokens,
    durationMs: performance.now() - startedAt,
  };
}

/** A server may answer in base64 whatever was asked for. */
function floats(embedding: readonly number[] | string): readonly number[] {
  if (typeof embedding !== "string") return embedding;
  const bytes = Uint8Array.from(atob(embedding), (char) => char.codePointAt(0) ?? 0);
  return [...new Float32Array(bytes.buffer)];
}
