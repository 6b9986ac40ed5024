import type { Conversation } from "./conversation.ts";

/** The conversations that the browser keeps. The oldest make room. */
export interface ConversationStore {
  /** The newest first. */
  list(): Promise<readonly Conversation[]>;
  save(conversation: Conversation): Promise<void>;
  remove(id: string): Promise<void>;
}

const DATABASE = "omniport";
const CONVERSATIONS = "conversations";
const MAX_CONVERSATIONS = 200;

/** In IndexedDB, since images are too large for localStorage. Where the browser keeps nothing, they last as long as the page. */
export function createConversationStore(factory: IDBFactory | undefined = globalThis.indexedDB): ConversationStore {
  let opened: Promise<IDBDatabase> | undefined;
  const objects = async (mode: IDBTransactionMode): Promise<IDBObjectStore> => {
    opened ??= open(factory);
    return (await opened).transaction(CONVERSATIONS, mode).objectStore(CONVERSATIONS);
  };

  const put = async (conversation: Conversation): Promise<void> => {
    const conversations = await objects("readwrite");
    const stored = done(conversations.put(conversation));
    conversations.transaction.commit(); // at once: the page may be about to close
    await stored;
  };

  const list = async (): Promise<readonly Conversation[]> => {
    const all = await done<Conversation[]>((await objects("readonly")).getAll());
    return all.toSorted((one, other) => other.updatedAt - one.updatedAt);
  };

  return {
    list,
    async save(conversation) {
      await put(conversation);
      if ((await done((await objects("readonly")).count())) <= MAX_CONVERSATIONS) return;
      for (const { id } of (await list()).slice(MAX_CONVERSATIONS)) await done((await objects("readwrite")).delete(id));
    },
    async remove(id) {
      await done((await objects("readwrite")).delete(id));
    },
  };
}

async function open(factory: IDBFactory | undefined): Promise<IDBDatabase> {
  if (!factory) throw new Error("This browser keeps nothing.");
  const request = factory.open(DATABASE, 1);
  request.addEventListener(
    "upgradeneeded",
    () => void request.result.createObjectStore(CONVERSATIONS, { keyPath: "id" }),
  );
  return done(request);
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
}
