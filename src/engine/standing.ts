/** Whether a CLI may be used now, as far as its recent failures tell. */
import type { Config } from "../config/schema.ts";
import type { Clock } from "../lib/clock.ts";
import type { ErrorCode } from "../lib/errors.ts";
import type { BreakerSettings, BreakerTable } from "../store/breakers.ts";

/** Why a CLI, or a model of it, is left alone for now. */
export interface Obstacle {
  code: ErrorCode;
  message: string;
  /** When it may be tried again, in milliseconds since the epoch; absent where nobody knows. */
  retryAt?: number;
}

/** What is known of the CLIs' recent failures. */
export interface Standing {
  /** The open breaker of a CLI. */
  breaker(cli: string): Obstacle | undefined;
  /** The cooldown of a model; without one, of the model that the CLI chooses by itself. */
  cooldown(cli: string, model: string | undefined): Obstacle | undefined;
}

/** The standing where nothing is known of any failure. */
export const unblemished: Standing = { breaker: () => undefined, cooldown: () => undefined };

/** How the breakers are set. */
export function breakerSettings({ circuit_breaker: set }: Config): BreakerSettings {
  return {
    failureThreshold: set.failure_threshold,
    cooldownMs: set.cooldown_seconds * 1000,
    halfOpenMaxCalls: set.half_open_max_calls,
  };
}

/** The standing of all CLIs, read at each question. */
export function createStanding(
  { breakers, config, clock }: { breakers: BreakerTable; config: Config; clock: Clock },
): Standing {
  return {
    breaker(cli) {
      const settings = breakerSettings(config);
      const { state, failures, lastCode, retryAt, probes } = breakers.state(
        cli,
        settings,
        clock.now(),
      );
      if (state === "closed") return undefined;
      const failed = `It has failed ${failures} times in a row, the last as ${lastCode}`;
      if (state === "half_open") {
        if (probes < settings.halfOpenMaxCalls) return undefined;
        return { code: "circuit_open", message: `${failed}; another job is trying it right now` };
      }
      const wait = Math.ceil((retryAt! - clock.now()) / 1000);
      const message = `${failed}; it is left alone for ${wait} more seconds`;
      return { code: "circuit_open", message, retryAt: retryAt! };
    },
    cooldown(cli, model) {
      const found = breakers.cooldowns(clock.now()).find((cooldown) =>
        cooldown.cli === cli && cooldown.model === model
      );
      if (!found) return undefined;
      const what = model === undefined ? "Its own choice of model" : `Its model "${model}"`;
      const wait = Math.ceil((found.until - clock.now()) / 1000);
      const message = `${what} cools down for ${wait} more seconds after "${found.code}"`;
      return { code: found.code as ErrorCode, message, retryAt: found.until };
    },
  };
}
