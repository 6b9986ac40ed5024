/** One run for all who ask for the same at the same time. */
export interface SingleFlight<Value> {
  /**
   * Joins the run of this key, or starts it. A caller who aborts leaves the others theirs; when the last one leaves, the
   * run's own signal fires.
   *
   * @throws what the run throws; the signal's reason when aborted.
   */
  join(key: string, start: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal): Promise<Value>;
}

interface Flight<Value> {
  readonly result: Promise<Value>;
  readonly stop: AbortController;
  callers: number;
}

export function createSingleFlight<Value>(): SingleFlight<Value> {
  const flights = new Map<string, Flight<Value>>();

  function begin(key: string, start: (signal: AbortSignal) => Promise<Value>): Flight<Value> {
    const stop = new AbortController();
    const flight = { result: start(stop.signal), stop, callers: 0 };
    const forget = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(forget, forget);
    flights.set(key, flight);
    return flight;
  }

  function leave(key: string, flight: Flight<Value>, reason: unknown): void {
    flight.callers--;
    if (flight.callers > 0) return;
    // Who comes from now on must not join a run that is being stopped.
    if (flights.get(key) === flight) flights.delete(key);
    flight.stop.abort(reason);
  }

  return {
    async join(key, start, signal) {
      signal.throwIfAborted();
      const flight = flights.get(key) ?? begin(key, start);
      flight.callers++;
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        return await Promise.race([flight.result, aborted]);
      } finally {
        signal.removeEventListener("abort", onAbort);
        leave(key, flight, signal.reason);
      }
    },
  };
}
