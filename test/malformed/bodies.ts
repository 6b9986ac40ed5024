/** Texts that are no JSON object: each must be refused as `invalid_json`. */
export const NO_JSON_OBJECT: readonly string[] = [
  "",
  " ",
  "\r\n",
  "{",
  "}",
  "[",
  "[]",
  "[{}]",
  "null",
  "true",
  "1",
  '"text"',
  "undefined",
  "{,}",
  "{} {}",
  "{}x",
  "{'model': 'x'}",
  "{model: 1}",
  '{"a"}',
  '{"a":}',
  '{"a" 1}',
  '{"a": 1,}',
  '{"a": [1,]}',
  '{"a": 01}',
  '{"a": +1}',
  '{"a": .5}',
  '{"a": 1.}',
  '{"a": 0x1}',
  '{"a": 1e}',
  '{"a": NaN}',
  '{"a": Infinity}',
  '{"a": tru}',
  '{"a": "\\x41"}',
  '{"a": "\\u12"}',
  '{"a": "line\nbreak"}',
  '{"a": "nul\0"}',
  '{"a": "open}',
  '{"a": 1 /* comment */}',
  "\0",
  "\0{}",
  "model=gpt-4o&messages=hi",
  "<xml/>",
  "{".repeat(100_000),
  "[".repeat(100_000),
  '{"a":'.repeat(100_000),
];

/** A chat whose body has this text among its fields. */
export function chatWith(fields: string): string {
  return `{"model":"openai/gpt-4o","messages":[{"role":"user","content":"hi"}],${fields}}`;
}

export function chatSaying(content: string): string {
  return `{"model":"openai/gpt-4o","messages":[{"role":"user","content":${content}}]}`;
}

/** Whole JSON, but deeper than any call needs. */
export const TOO_DEEP: readonly string[] = [
  chatWith(`"x":${"[".repeat(257)}${"]".repeat(257)}`),
  chatWith(`"x":${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  chatWith(`"x":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  chatWith(`"x":${'[{"a":'.repeat(50_000)}1${"}]".repeat(50_000)}`),
  chatSaying(`[{"type":"x","deep":${"[".repeat(300)}${"]".repeat(300)}}]`),
];

const text = (bytes: readonly number[]): Buffer =>
  Buffer.concat([
    Buffer.from('{"model":"openai/gpt-4o","messages":[{"role":"user","content":"'),
    Buffer.from(bytes),
    Buffer.from('"}]}'),
  ]);

/** Source: https://www.rfc-editor.org/rfc/rfc3629#section-3 */
export const NO_UTF8: Readonly<Record<string, Buffer>> = {
  "a byte that never occurs": text([0xff]),
  "a lone continuation": text([0x80]),
  "a character cut short": text([0xe4, 0xb8]),
  "an overlong slash": text([0xc0, 0xaf]),
  "an overlong NUL": text([0xc0, 0x80]),
  "a surrogate": text([0xed, 0xa0, 0x80]),
  "a character above U+10FFFF": text([0xf4, 0x90, 0x80, 0x80]),
  "UTF-16": Buffer.from("\ufeff{}", "utf16le"),
  "Latin-1": text([...Buffer.from("café", "latin1")]),
  "what was compressed": Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00]),
};

/** Strange, but allowed: served like any other. */
export const STRANGE_BUT_RIGHT: Readonly<Record<string, string>> = {
  "a lone surrogate in the text": chatSaying('"\\ud83d and \\udc4b"'),
  "NUL in the text": chatSaying('"a\\u0000b"'),
  "an empty text": chatSaying('""'),
  "no content parts": chatSaying("[]"),
  "a content part that nobody knows": chatSaying('[{"type":"hologram","data":{}}]'),
  "a key that occurs twice": chatWith('"user":"a","user":"b"'),
  "a prototype": chatWith('"__proto__":{"model":"x","stream":true}'),
  "a constructor": chatWith('"constructor":{"prototype":{"stream":true}},"toString":1,"hasOwnProperty":2'),
  "an empty key": chatWith('"":1'),
  "a number of 400 digits": chatWith(`"x":${"9".repeat(400)}`),
  "numbers that no double holds": chatWith('"x":[1e999,-1e999,1e-999,-0,12345678901234567890]'),
  "256 levels": chatWith(`"x":${"[".repeat(255)}${"]".repeat(255)}`),
  "brackets in a text": chatSaying(`"${"[{".repeat(1000)}"`),
  "escaped quotes and backslashes": chatSaying('"\\\\\\"\\\\\\\\\\"]}\\\\"'),
  "a byte order mark": `\ufeff${chatWith('"x":1')}`,
  "white space everywhere": `\r\n\t {  "model" : "openai/gpt-4o" , "messages" : [ { "role" : "user" , "content" : "hi" } ] } \n`,
  "null for every field that may be left out": chatWith(
    '"stream":null,"stream_options":null,"max_tokens":null,"n":null,"stop":null,"tools":null,"temperature":null,"user":null',
  ),
};

/** Numbers in known fields that JSON can write and nobody can mean. */
export const HUGE_NUMBERS: Readonly<Record<string, string>> = {
  max_tokens: "1e999",
  n: "9".repeat(400),
  seed: "1e400",
  temperature: "1e999",
  top_p: "-1e999",
  top_logprobs: "18446744073709551616",
};
