/** Gathers the latest of several messages, each told whole or in pieces. */
export interface LatestMessage {
  /** The latest message that had any text. */
  readonly text: string;
  /** Adds a piece to the current message, or begins one with it. */
  add(piece: string): void;
  /** A message at once. */
  replace(whole: string): void;
  /** The next piece begins a new message. */
  end(): void;
}

/**
 * Begins with no message. One without text, such as a mere tool call, does not push out the one
 * before it.
 */
export function latestMessage(): LatestMessage {
  let text = "";
  let open = false;
  return {
    get text() {
      return text;
    },
    add(piece) {
      if (piece === "") return;
      text = open ? text + piece : piece;
      open = true;
    },
    replace(whole) {
      open = false;
      if (whole.trim() !== "") text = whole;
    },
    end() {
      open = false;
    },
  };
}
