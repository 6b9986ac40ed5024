import { computed, type ReadonlySignal } from "@preact/signals";
import { type Language, language } from "../text/text.ts";

interface ReferenceText {
  readonly title: string;
  readonly contents: string;
  readonly find: string;
  readonly nothingFound: string;
  readonly key: string;
  readonly open: string;
  readonly parameters: string;
  readonly body: string;
  readonly answers: string;
  readonly required: string;
  readonly nullable: string;
  readonly fieldsOf: (name: string) => string;
  readonly example: string;
  readonly codeLanguage: string;
  readonly document: string;
  readonly loading: string;
  readonly notLoaded: string;
  readonly places: Readonly<Record<"path" | "query" | "header", string>>;
}

const TEXTS: Readonly<Record<Language, ReferenceText>> = {
  en: {
    title: "API reference",
    contents: "Routes",
    find: "Find a route",
    nothingFound: "No route has that in its name.",
    key: "Key",
    open: "no key needed",
    parameters: "Parameters",
    body: "Body",
    answers: "Answers",
    required: "required",
    nullable: "or null",
    fieldsOf: (name) => `Fields of ${name}`,
    example: "Example",
    codeLanguage: "Language of the example",
    document: "As an OpenAPI document",
    loading: "The description of the API is being fetched.",
    notLoaded: "The description of the API could not be fetched. Is the server still running?",
    places: { path: "in the path", query: "in the query", header: "header" },
  },
  "zh-TW": {
    title: "API 參考",
    contents: "路由",
    find: "尋找路由",
    nothingFound: "沒有名稱相符的路由。",
    key: "金鑰",
    open: "不需金鑰",
    parameters: "參數",
    body: "內容",
    answers: "回覆",
    required: "必填",
    nullable: "或 null",
    fieldsOf: (name) => `${name} 的欄位`,
    example: "範例",
    codeLanguage: "範例的程式語言",
    document: "OpenAPI 文件",
    loading: "正在取得 API 的說明。",
    notLoaded: "無法取得 API 的說明。伺服器還在執行嗎？",
    places: { path: "在路徑中", query: "在查詢字串中", header: "標頭" },
  },
};

/** The reference's own texts, in the user's language. */
export const words: ReadonlySignal<ReferenceText> = computed(() => TEXTS[language.value]);
