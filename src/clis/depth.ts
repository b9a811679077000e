/** How deep aimux runs inside itself. */

/** The variable that a program gets which aimux starts: one more than aimux itself has. */
export function deeper(env: Record<string, string>): { AIMUX_DEPTH: string } {
  return { AIMUX_DEPTH: String(Number(env["AIMUX_DEPTH"] ?? 0) + 1) };
}
