/** Adds to the state of each CLI what its recent failures have led to. */
import type { Config } from "../config/schema.ts";
import { type Clock, isoTime } from "../lib/clock.ts";
import type { BreakerTable } from "../store/breakers.ts";
import type { CliHealth } from "./health_shape.ts";
import { breakerSettings } from "./standing.ts";

/** What is asked. */
export interface CliStandingParts {
  store: { breakers: BreakerTable } | { problem: string } | { absent: true };
  config: Config;
  clock: Clock;
}

/** The CLIs with their circuit breakers and cooldowns; as they are where those cannot be read. */
export function withStanding(
  clis: CliHealth[],
  { store, config, clock }: CliStandingParts,
): CliHealth[] {
  if (!("breakers" in store)) return clis;
  const { breakers } = store;
  const now = clock.now();
  try {
    const cooling = breakers.cooldowns(now);
    return clis.map(({ problem, fix, ...cli }) => {
      const cooldowns = cooling.filter((cooldown) => cooldown.cli === cli.name);
      return {
        ...cli,
        ...cli.state !== "broken_profile" && { circuit_breaker: breakerOf(cli.name) },
        ...cooldowns.length > 0 && {
          cooldowns: cooldowns.map(({ model, code, until }) => ({
            ...model !== undefined && { model },
            error: code,
            until: isoTime(until),
          })),
        },
        ...problem !== undefined && { problem },
        ...fix !== undefined && { fix },
      };
    });
  } catch {
    return clis; // what is wrong with the database is told of the database
  }

  function breakerOf(cli: string): NonNullable<CliHealth["circuit_breaker"]> {
    const { state, failures, lastCode, retryAt } = breakers.state(
      cli,
      breakerSettings(config),
      now,
    );
    return {
      state,
      failures,
      ...lastCode !== undefined && { last_error: lastCode },
      ...retryAt !== undefined && {
        retry_at: isoTime(retryAt),
        retry_in_seconds: Math.ceil((retryAt - now) / 1000),
      },
    };
  }
}
