// A chat answer, the same as a stream, and embeddings. Usage: npm install openai && node examples/openai-node.mjs

import process from "node:process";
import OpenAI from "openai";

const {
  OMNIPORT_URL: baseURL = "http://localhost:8000/v1",
  OMNIPORT_API_KEY: apiKey = "dummy-key",
  CHAT_MODEL: chatModel = "local/chat",
  EMBEDDING_MODEL: embeddingModel = "local/embed",
} = process.env;

const client = new OpenAI({ baseURL, apiKey });
const request = {
  model: chatModel,
  messages: [{ role: "user", content: "What is the capital of France? Answer in one sentence." }],
  temperature: 0,
};

const answer = await client.chat.completions.create(request);
console.log(answer.choices[0].message.content, answer.usage);

for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
  process.stdout.write(chunk.choices[0].delta.content ?? "");
}
console.log();

const vectors = await client.embeddings.create({
  model: embeddingModel,
  input: ["A sentence to embed.", "And one more."],
});
for (const { index, embedding } of vectors.data) console.log(index, embedding.length, embedding.slice(0, 3));
