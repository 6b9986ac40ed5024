import type { JSX } from "preact";
import { offer } from "../api/models.ts";
import { href } from "../router.ts";
import { duration, number } from "../text/format.ts";
import { text } from "../text/text.ts";
import { IconButton } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Cost } from "../ui/cost.tsx";
import { Icon } from "../ui/icon.tsx";
import { Notice } from "../ui/notice.tsx";
import { tokensPerSecond } from "./answer.ts";
import { type Answer, isRunning } from "./conversation.ts";
import { SchemaVerdict } from "./schema-verdict.tsx";
import { CodeBlock } from "./markdown/code-block.tsx";
import { Markdown } from "./markdown/markdown.tsx";
import { usePlayground } from "./playground-state.ts";
import { answerSchema } from "./settings.ts";
import { ToolCalls } from "./tool-calls.tsx";
import { Waiting } from "./waiting.tsx";

interface AnswerViewProps {
  readonly answer: Answer;
  readonly turn: number;
  readonly lane: number;
  readonly isLast: boolean;
  /** Whether others stand beside it: then it needs its name. */
  readonly isCompared: boolean;
}

/** One model's answer: its thoughts folded, its text, the tools that it calls, and what it took. */
export function AnswerView({ answer, turn, lane, isLast, isCompared }: AnswerViewProps): JSX.Element {
  const { conversation, regenerate, send, isBusy } = usePlayground();
  const { playground } = text.value;
  const schema = answerSchema(conversation.value.settings);
  const goOn = (): void => send({ kind: "words", text: playground.goOnWords, images: [] });
  return (
    <article class="answer" aria-busy={isRunning(answer)} aria-label={playground.answerOf(answer.model)}>
      {isCompared && <header class="answer-model">{answer.model}</header>}
      {answer.reasoning !== "" && <Reasoning answer={answer} />}
      <Content answer={answer} isJson={schema !== undefined} />
      {schema && answer.content !== "" && <SchemaVerdict answer={answer} schema={schema} />}
      {answer.toolCalls.length > 0 && <ToolCalls answer={answer} isOpen={isLast && answer.state === "done"} />}
      {answer.state === "waiting" && <Waiting answer={answer} />}
      {answer.state === "failed" && <Failure answer={answer} />}
      {isStandIn(answer) && (
        <Notice kind="warning">
          <span>{playground.standsIn(answer.model, answer.answeredBy)}</span>
          <a href={href("models")}>{playground.seeModels}</a>
        </Notice>
      )}
      <footer class="answer-foot">
        <Figures answer={answer} />
        {!isRunning(answer) && (
          <div class="answer-actions">
            {answer.content !== "" && <CopyButton value={() => answer.content} label={playground.copyAnswer} />}
            {isLast && isCutShort(answer) && (
              <IconButton compact icon="next" label={playground.goOn} disabled={isBusy.value} onClick={goOn} />
            )}
            <IconButton
              compact
              icon="again"
              label={playground.regenerate}
              disabled={isBusy.value}
              onClick={() => regenerate(turn, lane)}
            />
          </div>
        )}
      </footer>
    </article>
  );
}

/** The machine's own model was to answer, and a smaller one has, which needs no download from the hub. */
function isStandIn(answer: Answer): answer is Answer & { readonly answeredBy: string } {
  return answer.model === "local/chat" && answer.answeredBy === "local/tiny";
}

/** Something has come, and more would have. */
function isCutShort({ state, content, finishReason }: Answer): boolean {
  return content !== "" && (state === "stopped" || finishReason === "length");
}

function Content({ answer, isJson }: { readonly answer: Answer; readonly isJson: boolean }): JSX.Element | null {
  const { content } = answer;
  if (content === "") return null;
  return isJson ? <CodeBlock code={content} language="json" /> : <Markdown text={content} />;
}

function Reasoning({ answer }: { readonly answer: Answer }): JSX.Element {
  const { playground } = text.value;
  const isThinking = isRunning(answer) && answer.content === "";
  return (
    <details class="reasoning">
      <summary>
        <Icon name="thought" />
        {isThinking ? playground.thinking : playground.thoughts}
      </summary>
      <Markdown text={answer.reasoning} />
    </details>
  );
}

function Failure({ answer: { failure } }: { readonly answer: Answer }): JSX.Element {
  return (
    <Notice kind="error">
      <span>{failure?.message}</span>
      {failure?.code === "missing_api_key" && <a href={href("models")}>{text.value.playground.seeProviders}</a>}
    </Notice>
  );
}

/** Tokens, speed and cost, as far as they are known, and how the answer ended where it did not end well. */
function Figures({ answer }: { readonly answer: Answer }): JSX.Element {
  const { playground } = text.value;
  const { usage, firstTokenMs, durationMs, costUsd, finishReason, answeredBy, translation } = answer;
  const speed = tokensPerSecond(answer);
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const isHere = offer.value.models.some(({ id, omniport }) => id === answer.model && omniport !== undefined);
  const isOther = answeredBy !== undefined && !answer.model.endsWith(answeredBy);
  return (
    <ul class="figures numeric">
      {answer.state === "stopped" && <li>{playground.stopped}</li>}
      {finishReason === "length" && <li class="warn">{playground.cutOff}</li>}
      {finishReason === "content_filter" && <li class="warn">{playground.filtered}</li>}
      {usage && (
        <li title={playground.tokensHint}>
          {playground.tokens(number(usage.prompt_tokens), number(usage.completion_tokens))}
        </li>
      )}
      {cached > 0 && <li>{playground.cached(number(cached))}</li>}
      {firstTokenMs !== undefined && <li>{playground.firstToken(duration(firstTokenMs))}</li>}
      {speed !== undefined && <li>{playground.speed(number(speed, speed < 10 ? 1 : 0))}</li>}
      {durationMs !== undefined && <li>{playground.took(duration(durationMs))}</li>}
      {costUsd !== undefined && (costUsd !== null || !isHere) && (
        <li>
          {playground.cost} <Cost usd={costUsd ?? undefined} />
        </li>
      )}
      {isOther && <li>{playground.answeredBy(answeredBy)}</li>}
      {translation !== undefined && <li title={playground.translationHint}>{translation}</li>}
    </ul>
  );
}
