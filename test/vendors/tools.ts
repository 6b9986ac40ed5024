import type OpenAI from "openai";

/** What the fake model may call. */
export const TOOLS: OpenAI.ChatCompletionTool[] = [
  { type: "function", function: { name: "place", parameters: { type: "object", properties: {} } } },
  {
    type: "function",
    function: {
      name: "weather",
      description: "The weather in a city",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];
