import { type Memory, type MemoryLimit, type MemoryShare, requireFit } from "./memory.ts";

/**
 * The processor's memory, and that of a graphics card for the models that it computes: all of such a model lies there, or,
 * where it is larger than the card, as many of its layers as find room.
 *
 * @param card of 0 bytes where there is none, or none yet.
 */
export function withCard(processor: Memory, card: Memory): Pick<Memory, "share" | "limit"> {
  function limit(): MemoryLimit {
    const { bytes, setting } = processor.limit();
    const ofCard = card.limit();
    if (ofCard.bytes === 0) return { bytes, setting };
    return { bytes: bytes + ofCard.bytes, setting: `${setting} and ${ofCard.setting}` };
  }

  return {
    async share(need, signal) {
      const cardBytes = card.limit().bytes;
      if (need.mayUseCard !== true || cardBytes === 0) return processor.share(need, signal);
      if (need.leastBytes <= cardBytes) return card.share(need, signal);
      requireFit(need.model, need.leastBytes, limit());
      const { model } = need;
      // What is free on the card; others go only for what the processor has no memory for.
      const least = Math.max(0, need.leastBytes - processor.limit().bytes);
      const onCard = await card.share({ model, leastBytes: least, bestBytes: cardBytes }, signal);
      const rest = need.leastBytes - onCard.bytes;
      try {
        return both(onCard, await processor.share({ model, leastBytes: rest, bestBytes: rest }, signal));
      } catch (error) {
        onCard.free();
        throw error;
      }
    },
    limit,
  };
}

function both(one: MemoryShare, other: MemoryShare): MemoryShare {
  const shares = [one, other];
  return {
    bytes: one.bytes + other.bytes,
    hold: () => shares.forEach((share) => share.hold()),
    rest: (evict) => shares.forEach((share) => share.rest(evict)),
    free: () => shares.forEach((share) => share.free()),
  };
}
