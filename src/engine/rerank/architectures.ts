import { say } from "../../messages/say.ts";
import { findArchitecture, type Architecture } from "../embed/architectures.ts";
import type { EncoderConfig } from "../embed/encoder-config.ts";
import { EngineError } from "../errors.ts";
import { bertHead, debertaHead, distilBertHead, electraHead, modernBertHead, robertaHead, type Head } from "./heads.ts";

/** A family of cross-encoders: an encoder with a head on it. */
export interface CrossEncoderArchitecture {
  readonly encoder: Architecture;
  readonly head: Head;
  /** The tensor that the head's scores come from, `[labels, hidden]`. */
  readonly classifier: string;
  /** Whether the encoder tells the two texts apart by their tokens' types; others go by the tokens between them. */
  readonly hasTokenTypes?: boolean;
}

interface Family extends Omit<CrossEncoderArchitecture, "encoder"> {
  /** The encoder's own name as an architecture. */
  readonly encoder: string;
}

const roberta = { head: robertaHead, classifier: "classifier.out_proj.weight" };

const GTE: Family = { encoder: "GteModel", head: bertHead, classifier: "classifier.weight" };

/** By the name in `config.json`; to add one, add its line. */
const FAMILIES: Readonly<Record<string, Family>> = {
  BertForSequenceClassification: {
    encoder: "BertModel",
    head: bertHead,
    classifier: "classifier.weight",
    hasTokenTypes: true,
  },
  ElectraForSequenceClassification: {
    encoder: "ElectraModel",
    head: electraHead,
    classifier: "classifier.out_proj.weight",
    hasTokenTypes: true,
  },
  RobertaForSequenceClassification: { encoder: "RobertaModel", ...roberta },
  XLMRobertaForSequenceClassification: { encoder: "XLMRobertaModel", ...roberta },
  CamembertForSequenceClassification: { encoder: "CamembertModel", ...roberta },
  MPNetForSequenceClassification: { encoder: "MPNetModel", ...roberta },
  DebertaV2ForSequenceClassification: {
    encoder: "DebertaV2Model",
    head: debertaHead,
    classifier: "classifier.weight",
  },
  DistilBertForSequenceClassification: {
    encoder: "DistilBertModel",
    head: distilBertHead,
    classifier: "classifier.weight",
  },
  GteForSequenceClassification: GTE,
  NewForSequenceClassification: GTE,
  ModernBertForSequenceClassification: {
    encoder: "ModernBertModel",
    head: modernBertHead,
    classifier: "classifier.weight",
  },
};

/** Of cross-encoders, which can rank documents. */
export const RERANK_ARCHITECTURES: readonly string[] = Object.keys(FAMILIES);

/** @throws EngineError `unsupported` if the model is of another architecture, or has several labels. */
export function findCrossEncoder(config: EncoderConfig, model: string): CrossEncoderArchitecture {
  const name = config.architectures?.[0] ?? "unnamed";
  const family = Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined;
  if (family === undefined) {
    const supported = RERANK_ARCHITECTURES.join(", ");
    throw new EngineError("unsupported", say.cannotRank(model, name, supported));
  }
  requireOneLabel(Object.keys(config.id2label ?? {}).length, model);
  const { encoder, ...head } = family;
  return { encoder: findArchitecture({ ...config, architectures: [encoder] }, model), ...head };
}

/**
 * sentence-transformers and Text Embeddings Inference rank by one label, too.
 * @param labels 0 where it is not known.
 * @throws EngineError `unsupported` for a classifier of several.
 */
export function requireOneLabel(labels: number, model: string): void {
  if (labels > 1) throw new EngineError("unsupported", say.severalLabels(model, labels));
}
