/** Whether this program was started so that a hang-up does not end it, as `nohup` does. */

const SIGHUP = 1;

/**
 * Asked before anything listens to SIGHUP: who listens does not ignore it any more. Where the
 * system does not tell (macOS, narrowed permissions) the answer is no.
 *
 * @param status What Linux tells of this process.
 */
export function ignoresHangup(status: () => string = ownStatus): boolean {
  try {
    const [, ignored] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status()) ?? [];
    return ignored !== undefined && (BigInt(`0x${ignored}`) & (1n << BigInt(SIGHUP - 1))) !== 0n;
  } catch {
    return false;
  }
}

function ownStatus(): string {
  return Deno.readTextFileSync("/proc/self/status");
}
