import type { Model } from "../../api/models.ts";
import { EVERY_LANGUAGE } from "../../messages/language.ts";
import { readErrorText, readText } from "../../upstream/read.ts";
import { decoded } from "../../upstream/decoder.ts";
import { createEventDecoder } from "../../upstream/sse.ts";
import type { UpstreamRequest, UpstreamResponse } from "../../upstream/upstream.ts";
import { error, errorIn } from "../openai-compatible/error.ts";
import type { ModelStore, StoreCall } from "../provider.ts";
import { secretsOf } from "../secrets.ts";

const JSON_HEADERS = { "content-type": "application/json", "accept-language": EVERY_LANGUAGE } as const;

/** The models of an Omniport, in this program's own engine process or elsewhere, as its own API serves them. */
export function remoteStore(title: string): ModelStore {
  const send = async (
    { connection, signal }: StoreCall,
    request: Pick<UpstreamRequest, "method" | "body"> & { readonly path: string },
  ): Promise<UpstreamResponse> => {
    const { baseUrl, key, headers, upstream } = connection;
    const { path, ...rest } = request;
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const sent = { ...JSON_HEADERS, ...authorization, ...headers };
    const response = await upstream.send({ ...rest, url: baseUrl + path, headers: sent, silenceMs: 0 }, signal);
    if (response.status === 200) return response;
    throw error(title, secretsOf(connection), response.status, await readErrorText(response), response.headers);
  };

  async function* models({ connection }: StoreCall, response: UpstreamResponse): AsyncGenerator<Model> {
    for await (const events of decoded(response.body, createEventDecoder())) {
      for (const { data } of events) {
        if (data === "[DONE]") return;
        const value = JSON.parse(data) as Model;
        const status = errorIn(value);
        if (status !== undefined) throw error(title, secretsOf(connection), status, data);
        yield value;
      }
    }
  }

  const followed = async (
    call: StoreCall,
    path: string,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<AsyncIterable<Model>> => {
    const body = JSON.stringify({ model: call.model, ...fields, stream: true });
    return models(call, await send(call, { method: "POST", path, body }));
  };

  return {
    pull: ({ purpose, ...call }) => followed(call, "/models/pull", { purpose }),
    load: (call) => followed(call, "/models/load", {}),

    async unload(call) {
      const body = JSON.stringify({ model: call.model });
      const response = await send(call, { method: "POST", path: "/models/unload", body });
      return JSON.parse(await readText(response)) as Model;
    },

    async remove(call) {
      await readText(await send(call, { method: "DELETE", path: `/models/${encodeURIComponent(call.model)}` }));
    },
  };
}
