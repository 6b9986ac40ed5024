import { language } from "./text.ts";

/** `1,234` */
export function number(value: number, digits = 0): string {
  const { value: tag } = language;
  const fixed = { maximumFractionDigits: digits, minimumFractionDigits: digits };
  return new Intl.NumberFormat(tag, { ...fixed, signDisplay: "negative" }).format(value);
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** `639 MB`, in steps of 1000 as disks and the hub have them. */
export function bytes(value: number): string {
  const step = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), BYTE_UNITS.length - 1);
  const scaled = value / 1000 ** step;
  return `${number(scaled, step > 0 && scaled < 10 ? 1 : 0)} ${BYTE_UNITS[step]}`;
}

/** `320 ms`, `2.4 s`, `3 min 20 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${number(ms)} ms`;
  if (ms < 60_000) return `${number(ms / 1000, 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${number(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** `45 %` of a share between 0 and 1. */
export function percent(share: number): string {
  return `${number(Math.floor(share * 100))} %`;
}

/** `$0.00042`: as many digits as say something. */
export function dollars(value: number): string {
  const { value: tag } = language;
  const digits = value > 0 && value < 0.01 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 4 };
  return new Intl.NumberFormat(tag, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    ...digits,
  }).format(value);
}

/** The time of day for today's, else the date. */
export function moment(at: number, now: number = Date.now()): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  const parts: Intl.DateTimeFormatOptions = isToday
    ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
    : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(language.value, parts).format(at);
}

/** `1,234`, `45K`, `1.2M`: short where digits say nothing more. */
export function bigNumber(value: number): string {
  if (value < 10_000) return number(value);
  return new Intl.NumberFormat(language.value, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** `14:03:27` */
export function timeOfDay(at: number): string {
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(language.value, parts).format(at);
}

/** `Nov 23, 2026, 14:03:27` */
export function dateAndTime(at: number): string {
  const parts = { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(language.value, parts).format(at);
}

/** `14:03` */
export function shortTime(at: number): string {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(language.value, parts).format(at);
}
