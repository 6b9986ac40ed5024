import { say } from "../../messages/say.ts";
import { createChatTemplate, findTemplate } from "../chat/template.ts";
import type { EncoderConfig } from "../embed/encoder-config.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { Pairs } from "./cross-encoder.ts";
import type { TokenizedPair } from "./pairs.ts";

/** A query and a document as the question that a language model answers with one word. */
export type RenderPair = (query: string, document: string) => string;

/** Source: the model card of https://huggingface.co/Qwen/Qwen3-Reranker-0.6B, whose own template is one for chats. */
const qwen3: RenderPair = (query, document) => `<|im_start|>system
Judge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>
<|im_start|>user
<Instruct>: Given a web search query, retrieve relevant passages that answer the query
<Query>: ${query}
<Document>: ${document}<|im_end|>
<|im_start|>assistant
<think>

</think>

`;

/** By the name in `config.json`, for models whose chat template is one for chats. */
const KNOWN: ReadonlyMap<string, RenderPair> = new Map([["Qwen3ForCausalLM", qwen3]]);

/**
 * By the model's chat template where that has the roles `query` and `document`, as sentence-transformers does it.
 * @throws EngineError `unsupported` where it has not, and the model is of no family whose question is known.
 */
export async function readPairPrompt(snapshot: Snapshot): Promise<RenderPair> {
  const source = await findTemplate(snapshot, { template: undefined, bos: "", eos: "" });
  if (isForPairs(source.template)) {
    const template = createChatTemplate(source, snapshot.id);
    return (query, document) => {
      const messages = [
        { role: "query", content: query },
        { role: "document", content: document },
      ];
      return template.render(messages, {}).text;
    };
  }
  const config = await readJson<EncoderConfig>(snapshot, "config.json");
  const known = KNOWN.get(config?.architectures?.[0] ?? "");
  if (known !== undefined) return known;
  const families = [...KNOWN.keys()].join(", ");
  throw new EngineError("unsupported", say.noRankTemplate(snapshot.id, families));
}

function isForPairs(template = ""): boolean {
  return ["query", "document"].every((role) => template.includes(`"${role}"`) || template.includes(`'${role}'`));
}

/** Stands for the document in the question. */
const DOCUMENT = "\u{F8FF}";

/** Of a pair that is too long, the end of the document is left out, never that of the question. */
export function tokenizeQuestions(
  tokenizer: Tokenizer,
  render: RenderPair,
  maxTokens: number,
  { query, documents, maxDocumentTokens = Infinity }: Pairs,
): readonly TokenizedPair[] {
  const encode = (text: string): number[] => tokenizer.encode(text, { addSpecialTokens: false });
  const [before = [], after = []] = render(query, DOCUMENT).split(DOCUMENT).map(encode);
  const room = Math.max(0, Math.min(maxTokens - after.length, before.length + maxDocumentTokens));
  return documents.map((document) => {
    const whole = encode(render(query, document));
    const truncated = whole.length > maxTokens;
    const ids = truncated || encode(document).length > maxDocumentTokens ? [...whole.slice(0, room), ...after] : whole;
    return { ids: Int32Array.from(ids), firstTokens: ids.length, truncated };
  });
}
