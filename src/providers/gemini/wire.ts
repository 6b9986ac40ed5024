/**
 * Gemini's REST API, v1beta: what goes out and what comes back, as far as we read it.
 * Source: https://ai.google.dev/api/generate-content
 */
export interface GenerateContentRequest {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly Tool[];
  readonly toolConfig?: ToolConfig;
  readonly generationConfig?: GenerationConfig;
  readonly serviceTier?: string;
  readonly [field: string]: unknown;
}

export interface Content {
  readonly role?: "user" | "model";
  readonly parts: readonly Part[];
}

/** One piece of a content; one of its fields is set, besides `thought` and `thoughtSignature`. */
export interface Part {
  readonly text?: string;
  readonly inlineData?: Blob;
  readonly fileData?: { readonly fileUri: string; readonly mimeType?: string };
  readonly functionCall?: FunctionCall;
  readonly functionResponse?: FunctionResponse;
  /** Whether the text is a summary of what the model thought. */
  readonly thought?: boolean;
  /** Base64. Goes back, with its part, in the next request. Source: https://ai.google.dev/gemini-api/docs/thought-signatures */
  readonly thoughtSignature?: string;
}

/** `data` is base64. */
export interface Blob {
  readonly mimeType: string;
  readonly data: string;
}

export interface FunctionCall {
  readonly id?: string;
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface FunctionResponse {
  readonly id?: string;
  readonly name: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly parts?: readonly { readonly inlineData: Blob }[];
}

/** Function declarations, or one of Google's own tools: `{googleSearch: {}}`. */
export interface Tool {
  readonly functionDeclarations?: readonly FunctionDeclaration[];
  readonly [tool: string]: unknown;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly description?: string;
  /** OpenAPI's subset of JSON Schema. */
  readonly parameters?: object;
  /** JSON Schema as it stands; excludes `parameters`. */
  readonly parametersJsonSchema?: unknown;
}

export interface ToolConfig {
  readonly functionCallingConfig?: {
    readonly mode: "AUTO" | "ANY" | "NONE" | "VALIDATED";
    readonly allowedFunctionNames?: readonly string[];
  };
}

export interface GenerationConfig {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly maxOutputTokens?: number;
  readonly stopSequences?: readonly string[];
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly responseLogprobs?: boolean;
  readonly logprobs?: number;
  readonly responseMimeType?: string;
  readonly responseSchema?: object;
  readonly responseJsonSchema?: unknown;
  readonly responseModalities?: readonly string[];
  readonly thinkingConfig?: ThinkingConfig;
}

/** A budget in tokens (2.5) or a level (3 and newer), never both. */
export interface ThinkingConfig {
  readonly includeThoughts?: boolean;
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: "MINIMAL" | "LOW" | "MEDIUM" | "HIGH";
}

/** An answer, or one piece of a streamed one. Any field may be missing. */
export interface GenerateContentResponse {
  readonly candidates?: readonly Candidate[];
  readonly promptFeedback?: { readonly blockReason?: string; readonly blockReasonMessage?: string };
  readonly usageMetadata?: UsageMetadata;
  readonly modelVersion?: string;
  readonly responseId?: string;
}

export interface Candidate {
  readonly index?: number;
  readonly content?: { readonly role?: string; readonly parts?: readonly AnswerPart[] };
  readonly finishReason?: string;
  readonly finishMessage?: string;
  readonly logprobsResult?: LogprobsResult;
  readonly groundingMetadata?: object;
}

export interface AnswerPart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType?: string; readonly data?: string };
  readonly functionCall?: AnswerFunctionCall;
}

export interface AnswerFunctionCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Pieces of the arguments: only where a client asked for them to be streamed, by a field of its own. */
  readonly partialArgs?: readonly PartialArg[];
  readonly willContinue?: boolean;
}

export interface PartialArg {
  /** `$.list[0].name` */
  readonly jsonPath?: string;
  readonly stringValue?: string;
  readonly numberValue?: number;
  readonly boolValue?: boolean;
  readonly nullValue?: unknown;
  /** Whether more of this text is to come. */
  readonly willContinue?: boolean;
}

export interface LogprobsResult {
  readonly chosenCandidates?: readonly TokenLogprob[];
  /** For each chosen token, the likeliest ones. */
  readonly topCandidates?: readonly { readonly candidates?: readonly TokenLogprob[] }[];
}

export interface TokenLogprob {
  readonly token?: string;
  readonly logProbability?: number;
}

export interface UsageMetadata {
  /** Cached tokens included. */
  readonly promptTokenCount?: number;
  readonly cachedContentTokenCount?: number;
  /** Thoughts not included. */
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  /** What Google's own tools, such as the search, added to the prompt. */
  readonly toolUsePromptTokenCount?: number;
  readonly totalTokenCount?: number;
  readonly promptTokensDetails?: readonly ModalityTokens[];
  readonly candidatesTokensDetails?: readonly ModalityTokens[];
}

export interface ModalityTokens {
  readonly modality?: string;
  readonly tokenCount?: number;
}

/** Source: https://cloud.google.com/apis/design/errors */
export interface ErrorBody {
  readonly error?: {
    readonly code?: number;
    readonly message?: string;
    readonly status?: string;
    readonly details?: readonly ErrorDetail[];
  };
}

export interface ErrorDetail {
  readonly "@type"?: string;
  /** Of an `ErrorInfo`: `API_KEY_INVALID`. */
  readonly reason?: string;
  /** Of a `RetryInfo`: `34.4s`. */
  readonly retryDelay?: string;
  /** Of a `QuotaFailure`. */
  readonly violations?: readonly { readonly quotaId?: string }[];
}

/** Source: https://ai.google.dev/api/embeddings */
export interface BatchEmbedContentsRequest {
  readonly requests: readonly EmbedContentRequest[];
}

export interface EmbedContentRequest {
  readonly model: string;
  readonly content: Content;
  readonly outputDimensionality?: number;
  readonly [field: string]: unknown;
}

export interface BatchEmbedContentsResponse {
  readonly embeddings?: readonly { readonly values?: readonly number[] }[];
  /** Models before `gemini-embedding-2` do not count. */
  readonly usageMetadata?: { readonly promptTokenCount?: number };
}

/** Source: https://ai.google.dev/api/models */
export interface ModelList {
  readonly models?: readonly ListedModel[];
  readonly nextPageToken?: string;
}

export interface ListedModel {
  /** `models/gemini-3-flash`. */
  readonly name: string;
  readonly inputTokenLimit?: number;
  readonly outputTokenLimit?: number;
  readonly supportedGenerationMethods?: readonly string[];
}
