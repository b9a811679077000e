/** What one run used, also where its CLI counts by conversation. */
import type { Decoded, Usage } from "../clis/decoder.ts";

const FIELDS = ["input_tokens", "output_tokens", "cached_tokens", "cost_usd"] as const;

/**
 * The run's own usage: what the CLI told of the run, else what the conversation has used since the
 * run before. Undefined where nothing is known.
 *
 * @param before What the conversation had used when the run began.
 */
export function usageOfRun(decoded: Decoded, before: Usage | undefined): Usage | undefined {
  const usage: Usage = {};
  for (const field of FIELDS) {
    const own = decoded.usage?.[field];
    const thread = decoded.threadUsage?.[field];
    if (own !== undefined) usage[field] = own;
    else if (thread !== undefined) usage[field] = since(thread, before?.[field] ?? 0);
  }
  return Object.keys(usage).length > 0 ? usage : undefined;
}

/** A count lower than before began anew. Money is kept free of the noise of subtraction. */
function since(now: number, before: number): number {
  return before === 0 || now < before ? now : Number((now - before).toPrecision(12));
}
