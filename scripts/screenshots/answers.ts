import { setTimeout } from "node:timers/promises";
import { type Answer, event, modelList, sendJson, startEvents } from "../../test/fakes/openai.ts";

/** What is asked in the pictures, of whom, and what each model's provider says. */
export interface Scene {
  readonly models: readonly string[];
  readonly question: string;
  readonly answers: Readonly<Record<string, string>>;
}

export const SCENES: Readonly<Record<"en" | "zh-TW", Scene>> = {
  en: {
    models: ["openai/gpt-4o", "deepseek/deepseek-chat"],
    question: "Write a Python function that finds the longest common prefix of some words.",
    answers: {
      "gpt-4o": `What the **smallest and the largest** word share, all words share:

\`\`\`python
def common_prefix(words: list[str]) -> str:
    low, high = min(words), max(words)
    for at, letter in enumerate(low):
        if letter != high[at]:
            return low[:at]
    return low
\`\`\`

| words | prefix |
|---|---|
| \`ferry\`, \`fern\` | \`fer\` |
| \`tide\`, \`boat\` | *none* |`,
      "deepseek-chat": `The standard library has it, for paths, but it takes any words:

\`\`\`python
from os.path import commonprefix

commonprefix(["ferry", "fern", "ferment"])  # "fer"
\`\`\`

- It compares letter by letter, not path by path.
- For no words at all it gives \`""\`.`,
    },
  },
  "zh-TW": {
    models: ["openai/gpt-4o", "deepseek/deepseek-chat"],
    question: "用表格列出台灣的三個港口，以及各自以什麼聞名。",
    answers: {
      "gpt-4o": `| 港口 | 位置 | 以什麼聞名 |
|---|---|---|
| **基隆港** | 北部 | 雨、廟口夜市、往離島的渡輪 |
| **台中港** | 中部 | 梧棲漁港、散裝貨運 |
| **高雄港** | 南部 | 台灣最大的貨櫃港、駁二藝術特區 |

三個港口都可以搭火車到達附近，再轉乘公車。`,
      "deepseek-chat": `以下是三個代表性的港口：

1. **高雄港**：台灣吞吐量最大，旗津渡輪很受歡迎。
2. **基隆港**：郵輪的母港，旁邊就是廟口夜市。
3. **花蓮港**：面向太平洋，以賞鯨聞名。

> 想看夕陽選高雄，想吃小吃選基隆。`,
    },
  },
};

/** So that the figures below the answers are those of a model, not of this machine. */
const WORD_MS = 12;

/** A provider that says what the scene of that question has for the model, word by word. */
export const perform: Answer = async ({ path, body }, response) => {
  if (path.endsWith("/models")) return sendJson(response, modelList(...Object.keys(SCENES.en.answers)));
  const scene = Object.values(SCENES).find(({ question }) => question === body.messages?.at(-1)?.content);
  const words = (scene?.answers[body.model] ?? "").split(/(?<=[\s，。、])/);
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: body.model };
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    event({ ...base, choices: [{ index: 0, delta, finish_reason }] });
  startEvents(response);
  for (const content of words) {
    response.write(chunk({ content }));
    await setTimeout(WORD_MS);
  }
  const usage = { prompt_tokens: 24, completion_tokens: words.length, total_tokens: 24 + words.length };
  response.write(chunk({}, "stop") + event({ ...base, choices: [], usage }));
  response.end("data: [DONE]\n\n");
};
