import { type ReadonlySignal, signal } from "@preact/signals";
import { type Answer, type Conversation, isRunning } from "./conversation.ts";
import { createConversationStore } from "./store.ts";

/** The conversations of this browser: shown at once, stored behind. */
export interface KeptConversations {
  /** The newest first. */
  readonly list: ReadonlySignal<readonly Conversation[]>;
  find(id: string): Conversation | undefined;
  keep(conversation: Conversation): void;
  remove(id: string): void;
  /** Resolves when those of earlier visits are in the list, or cannot be had. */
  readonly loaded: Promise<void>;
}

export function createKeptConversations(): KeptConversations {
  const store = createConversationStore();
  const list = signal<readonly Conversation[]>([]);
  const without = (id: string): readonly Conversation[] => list.value.filter((candidate) => candidate.id !== id);
  // Where the browser keeps nothing, conversations last as long as the page.
  const ignore = (): void => undefined;

  return {
    list,
    loaded: store.list().then((stored) => void (list.value = stored.map(settled)), ignore),
    find: (id) => list.value.find((candidate) => candidate.id === id),
    keep(conversation) {
      list.value = [conversation, ...without(conversation.id)].toSorted(
        (one, other) => other.updatedAt - one.updatedAt,
      );
      void store.save(conversation).catch(ignore);
    },
    remove(id) {
      list.value = without(id);
      void store.remove(id).catch(ignore);
    },
  };
}

/** Without answers that are under way: those of one that was left, for another or by closing the page. */
export function settled(conversation: Conversation): Conversation {
  const stopped = (answer: Answer): Answer => (isRunning(answer) ? { ...answer, state: "stopped" } : answer);
  const turns = conversation.turns.map((turn) => ({ ...turn, answers: turn.answers.map(stopped) }));
  return { ...conversation, turns };
}
