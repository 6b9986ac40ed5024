import type { LlamaModel, Token } from "node-llama-cpp";
import type { ChosenToken } from "../model.ts";
import { newSampler, type SamplerSettings } from "./addon.ts";
import type { Choose } from "./batches.ts";
import { logprobsOf } from "./logprobs.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/** The next token of an answer. */
export interface Choice {
  readonly token: Token;
  readonly logprobs?: ChosenToken;
}

/** Chooses one token of an answer after the other. */
export interface Chooser {
  readonly choose: Choose<Choice>;
  dispose(): void;
}

/**
 * @param settings as they are now: the tokens that are punished become more.
 * @param banned the tokens that must not come now; the same list as long as they are the same.
 */
export function createChooser(
  model: LlamaModel,
  settings: () => SamplerSettings,
  banned: () => readonly number[] = () => NOTHING,
): Chooser {
  const sampler = newSampler(model);
  let without: readonly number[] | undefined;
  const adjust = (): void => {
    const now = banned();
    if (now === without) return;
    without = now;
    sampler.applyConfig(withBan(settings(), now));
  };
  return {
    async choose(addon, place) {
      adjust();
      const token = await addon.sampleToken(place, sampler);
      if (token < 0) throw new Error("llama.cpp finds no token that could come next.");
      return { token: token as Token };
    },
    dispose: () => sampler.dispose(),
  };
}

const NOTHING: readonly number[] = [];

function withBan(settings: SamplerSettings, banned: readonly number[]): SamplerSettings {
  const { tokenBiasKeys = [], tokenBiasValues = [] } = settings;
  return {
    ...settings,
    tokenBiasKeys: Uint32Array.from([...tokenBiasKeys, ...banned]),
    tokenBiasValues: Float32Array.from([...tokenBiasValues, ...banned.map(() => -Infinity)]),
  };
}

/** Tells also how likely each token was. @param top how many of the likeliest. */
export function withLogprobs(
  chooser: Chooser,
  model: LlamaModel,
  { top, vocabulary }: { readonly top: number; readonly vocabulary: ChatVocabulary },
): Chooser {
  const sampler = newSampler(model);
  sampler.applyConfig({ temperature: 0 });
  return {
    async choose(addon, place) {
      const { token } = await chooser.choose(addon, place);
      return { token, logprobs: await logprobsOf(token, addon, place, { top, vocabulary, sampler }) };
    },
    dispose() {
      chooser.dispose();
      sampler.dispose();
    },
  };
}
