import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ChatCompletionRequest } from "../../../src/api/chat.ts";
import { refreshModels } from "../api/models.ts";
import { store, stored } from "../stored.ts";
import { emptyAnswer } from "./answer.ts";
import { type Answer, chatRequest, type Conversation, type Input, isRunning, type Turn } from "./conversation.ts";
import { createKeptConversations, settled } from "./kept.ts";
import { answerTo, costOf } from "./lane.ts";
import { saveOften } from "./save-often.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";

export const MAX_LANES = 4;
/** Needs no key, so that the first chat works. */
const DEFAULT_MODEL = "local/chat";
/** The one that a reload shows again. */
const SHOWN = "conversation";

/** The conversation that is shown, those that are kept, and what can be done with them. */
export interface Playground {
  readonly conversation: ReadonlySignal<Conversation>;
  /** The newest first. */
  readonly kept: ReadonlySignal<readonly Conversation[]>;
  readonly isBusy: ReadonlySignal<boolean>;
  /** What is being typed, and the images beside it: data URLs. */
  readonly draft: Signal<string>;
  readonly images: Signal<readonly string[]>;
  setModels(models: readonly string[]): void;
  setSettings(settings: Settings): void;
  /** Asks all lanes. */
  send(input: Input): void;
  /** Asks again, all lanes or one, and forgets what came after. */
  regenerate(turn: number, lane?: number): void;
  /** Says something else in that turn, and forgets what came after. */
  edit(turn: number, text: string): void;
  stop(): void;
  startNew(): void;
  open(id: string): void;
  rename(id: string, title: string): void;
  remove(id: string): void;
  /** What the next call would send, or the last one has sent. */
  request(lane: number): ChatCompletionRequest;
}

export function createPlayground(): Playground {
  const kept = createKeptConversations();
  const conversation = signal(newConversation([DEFAULT_MODEL], DEFAULT_SETTINGS));
  const draft = signal("");
  const images = signal<readonly string[]>([]);
  const isBusy = computed(() => conversation.value.turns.some(({ answers }) => answers.some(isRunning)));
  let running = new AbortController();

  const change = (changes: Partial<Conversation>): void => {
    conversation.value = { ...conversation.value, ...changes };
  };

  /** Asks these lanes in the last of these turns, as long as the conversation is not left. */
  const ask = async (turns: readonly Turn[], lanes: readonly number[]): Promise<void> => {
    const { id } = conversation.value;
    const { signal } = running;
    const setAnswer = (lane: number, answer: Answer): void => {
      if (conversation.value.id === id)
        change({ turns: withAnswer(conversation.value.turns, turns.length - 1, lane, answer) });
    };
    const save = (): void => {
      if (conversation.value.id === id) kept.keep(conversation.value);
    };
    change({ turns, updatedAt: Date.now() });
    save();
    store(SHOWN, id, "tab");
    const over = new AbortController();
    saveOften(save, over.signal);
    // Browsers cut streams off before they hide the page: that is no failure. Not all of them have the first event.
    for (const leaving of ["beforeunload", "pagehide"]) addEventListener(leaving, stop, { signal: over.signal });
    const answered = lanes.map(async (lane) => {
      const request = chatRequest(conversation.value, turns, lane);
      const answer = await answerTo(request, signal, (part) => setAnswer(lane, part));
      setAnswer(lane, answer);
      save();
      const costUsd = await costOf(answer);
      if (costUsd === undefined || isBusy.value) return;
      setAnswer(lane, { ...answer, costUsd });
      save();
    });
    await Promise.all(answered);
    over.abort();
    void refreshModels(); // a local one may have been fetched or loaded for it
  };

  const lanes = (): readonly number[] => conversation.value.models.map((_, lane) => lane);
  const blank = (): readonly Answer[] => conversation.value.models.map(emptyAnswer);

  const stop = (): void => {
    running.abort();
    running = new AbortController();
  };

  const show = (next: Conversation): void => {
    const left = settled(conversation.value);
    stop();
    batch(() => {
      if (kept.find(left.id)) kept.keep(left);
      conversation.value = next;
      store(SHOWN, next.id, "tab");
      draft.value = "";
      images.value = [];
    });
  };
  const openKept = (id: string): void => {
    const found = kept.find(id);
    if (found && id !== conversation.value.id) show(found);
  };
  const startNew = (): void => show(newConversation(conversation.value.models, conversation.value.settings));

  /** After a reload, the one that was shown, unless something new has been begun meanwhile. */
  const reopen = async (id: string | undefined): Promise<void> => {
    await kept.loaded;
    const isUntouched = conversation.value.turns.length === 0 && draft.value === "" && images.value.length === 0;
    if (id !== undefined && isUntouched) openKept(id);
  };
  void reopen(stored(SHOWN, "tab"));

  return {
    conversation,
    kept: kept.list,
    isBusy,
    draft,
    images,
    stop,
    startNew,
    setModels: (models) => change({ models: models.slice(0, MAX_LANES) }),
    setSettings: (settings) => change({ settings }),

    send(input) {
      if (!isBusy.value) void ask([...conversation.value.turns, { input, answers: blank() }], lanes());
    },

    regenerate(at, lane) {
      const { turns, models } = conversation.value;
      const turn = turns[at];
      if (!turn || isBusy.value) return;
      const again = models.map((model, index) => {
        const former = lane === undefined || lane === index ? undefined : turn.answers[index];
        return former ?? emptyAnswer(model);
      });
      const asked = lane === undefined ? lanes() : [lane];
      void ask([...turns.slice(0, at), { ...turn, answers: again }], asked);
    },

    edit(at, text) {
      const { turns } = conversation.value;
      const input = turns[at]?.input;
      if (input?.kind !== "words" || isBusy.value) return;
      void ask([...turns.slice(0, at), { input: { ...input, text }, answers: blank() }], lanes());
    },

    open: openKept,

    rename(id, title) {
      if (conversation.value.id === id) change({ title });
      const found = kept.find(id);
      if (found) kept.keep({ ...found, title });
    },

    remove(id) {
      if (conversation.value.id === id) startNew();
      kept.remove(id);
    },

    request(lane) {
      const { turns } = conversation.value;
      const text = draft.value.trim();
      if (turns.length > 0 && text === "" && images.value.length === 0)
        return chatRequest(conversation.value, turns, lane);
      const input: Input = { kind: "words", text, images: images.value };
      return chatRequest(conversation.value, [...turns, { input, answers: [] }], lane);
    },
  };
}

function withAnswer(turns: readonly Turn[], at: number, lane: number, answer: Answer): readonly Turn[] {
  const turn = turns[at];
  return turn ? turns.with(at, { ...turn, answers: turn.answers.with(lane, answer) }) : turns;
}

function newConversation(models: readonly string[], settings: Settings): Conversation {
  return { id: newId(), updatedAt: Date.now(), models, settings, turns: [] };
}

/** `crypto.randomUUID` is for secure contexts only, and a server in the house is called over plain HTTP. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const PlaygroundContext = createContext<Playground | undefined>(undefined);

/** Gives one playground to the view and to what the sidebar shows of it. */
export const ProvidePlayground = PlaygroundContext.Provider;

/** @throws Error outside of `ProvidePlayground`. */
export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (!playground) throw new Error("There is no playground here.");
  return playground;
}
