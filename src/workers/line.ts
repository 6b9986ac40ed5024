import { ApiError, type ErrorType } from "../api/error.ts";
import type { Wording } from "../messages/say.ts";

/** One end of the channel between two processes. */
export interface Line<Question, News> {
  /** Rejects with what was thrown at the other end, and when nobody is there any more. */
  ask<Value>(question: Question): Promise<Value>;
  tell(news: News): void;
  /** Takes what has come from the other end. */
  receive(message: unknown): void;
  /** Nobody is at the other end any more. */
  hangUp(): void;
}

/** Who is at this end. */
export interface LineEnd<Question, News> {
  send(message: object): void;
  answer(question: Question): Promise<unknown>;
  hear(news: News): void;
}

type Message =
  | { readonly news: unknown }
  | { readonly id: number; readonly question: unknown }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };

/** An ApiError as data. */
interface SentError {
  readonly status: number;
  readonly type: ErrorType;
  readonly message: Wording | string;
  readonly code: string | null;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Questions, answers and news, as messages that a structured clone can be made of. */
export function createLine<Ask, Tell, Asked, Told>(end: LineEnd<Asked, Told>): Line<Ask, Tell> {
  const waiting = new Map<number, Waiting>(); // one a question; who asks waits for the answer
  let nextId = 0;

  const answer = async (id: number, question: Asked): Promise<void> => {
    try {
      end.send({ id, value: await end.answer(question) });
    } catch (thrown) {
      end.send({ id, error: sent(ApiError.from(thrown)) });
    }
  };

  const settle = (id: number): Waiting | undefined => {
    const asked = waiting.get(id);
    waiting.delete(id);
    return asked;
  };

  return {
    ask: <Value>(question: Ask) =>
      new Promise<Value>((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve: (value) => resolve(value as Value), reject });
        end.send({ id, question });
      }),

    tell: (news) => end.send({ news }),

    receive(received) {
      const message = received as Message;
      if ("news" in message) end.hear(message.news as Told);
      else if ("question" in message) void answer(message.id, message.question as Asked);
      else if ("error" in message) settle(message.id)?.reject(made(message.error));
      else settle(message.id)?.resolve(message.value);
    },

    hangUp() {
      for (const { reject } of waiting.values()) reject(new Error("the other process has ended"));
      waiting.clear();
    },
  };
}

function sent({ status, type, message, wording, code, param, headers }: ApiError): SentError {
  return { status, type, message: wording ?? message, code, param, headers };
}

function made({ status, type, message, code, param, headers }: SentError): ApiError {
  const details = { ...(code !== null && { code }), ...(param !== null && { param }), headers };
  return new ApiError(status, type, message, details);
}
