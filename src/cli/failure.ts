import { ApiError } from "../api/error.ts";
import { ConfigError } from "../config/error.ts";
import { EngineError } from "../engine/errors.ts";
import { UsageError, type UsageMistake } from "./arguments.ts";
import type { CommandContext } from "./command.ts";
import { shortHelp } from "./help.ts";
import type { Messages } from "./messages.ts";

interface Failure {
  readonly lines: string;
  readonly exitCode: 1 | 2;
}

/** What a person reads when a command fails: one line where they can mend it, a stack only where they asked for it. */
export function describeFailure(error: unknown, context: CommandContext): Failure {
  const { messages } = context;
  if (error instanceof UsageError) {
    return { lines: `${usage(error.mistake, messages)}\n\n${shortHelp(messages)}`, exitCode: 2 };
  }
  return { lines: reason(error, context), exitCode: 1 };
}

function reason(error: unknown, { language, messages: { failure }, environment }: CommandContext): string {
  if (error instanceof ConfigError) return [failure.settings, ...error.problems.map((line) => `  ${line}`)].join("\n");
  if (error instanceof EngineError) return error.wording[language];
  if (error instanceof ApiError) return error.said(language);
  if (!(error instanceof Error)) return failure.unexpected(String(error));
  if (isListenError(error)) {
    if (error.code === "EADDRINUSE") return failure.portInUse(error.port);
    if (error.code === "EACCES") return failure.portForbidden(error.port);
    return failure.hostUnavailable(error.address);
  }
  if (isHostNotFound(error)) return failure.hostUnavailable(error.hostname);
  const withStack = /^(debug|trace)$/i.test(environment.LOG_LEVEL ?? "");
  return failure.unexpected(withStack ? (error.stack ?? error.message) : error.message);
}

/** Source: https://nodejs.org/api/errors.html#class-systemerror */
function isListenError(error: Error): error is Error & { code: string; port: number; address: string } {
  return "syscall" in error && error.syscall === "listen" && "code" in error && "port" in error && "address" in error;
}

function isHostNotFound(error: Error): error is Error & { hostname: string } {
  return "syscall" in error && error.syscall === "getaddrinfo" && "hostname" in error;
}

function usage(mistake: UsageMistake, { usage }: Messages): string {
  switch (mistake.type) {
    case "unknown_command":
      return usage.unknownCommand(mistake.name, mistake.meant);
    case "unknown_option":
      return usage.unknownOption(mistake.name, mistake.meant);
    case "value_missing":
      return usage.valueMissing(mistake.name);
    case "value_unwanted":
      return usage.valueUnwanted(mistake.name);
    case "argument_unwanted":
      return usage.argumentUnwanted(mistake.name);
    case "model_missing":
      return usage.modelMissing(mistake.command);
    case "prompt_missing":
      return usage.promptMissing;
    default:
      mistake.type satisfies "yes_missing";
      return usage.yesMissing;
  }
}
