/** The view of a job on a terminal. */
import type { Clock } from "../../lib/clock.ts";
import { cutToWidth, displayWidth } from "../../lib/terminal/display_width.ts";
import { printableLine } from "../../lib/terminal/printable.ts";
import type { Output } from "../output.ts";
import { paint } from "../paint.ts";
import { type Glimpse, nameOf, type View } from "./view.ts";

const FRAMES = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
const FRAME_MS = 100;

/** Back to the first column, and the line is empty. */
const ERASE = "\r\x1b[K";

/**
 * Keeps one line alive at the bottom: what runs, for how long, and what it printed last. What it
 * printed before that moves up and stays.
 */
export function createLiveView(output: Output, clock: Clock): View {
  const over = new AbortController();
  let seen: Glimpse | undefined;
  let newest: string | undefined;
  let noted: string | undefined;
  let frame = 0;
  void animate();
  return {
    show(glimpse) {
      seen = glimpse;
      const lines = [newest, ...glimpse.lines].filter((line) => line !== undefined);
      if (glimpse.lines.length > 0) newest = lines.pop();
      const above = glimpse.lines.length > 0 ? lines.map(stayingLine).join("") : "";
      void output.write(`${ERASE}${above}${statusLine()}`);
    },
    note(text) {
      noted = text;
      void output.write(`${ERASE}${statusLine()}`);
    },
    end() {
      over.abort();
      if (seen) void output.write(ERASE + (newest === undefined ? "" : stayingLine(newest)));
    },
  };

  async function animate(): Promise<void> {
    while (!over.signal.aborted) {
      await clock.delay(FRAME_MS, over.signal);
      frame = (frame + 1) % FRAMES.length;
      if (!over.signal.aborted && seen) void output.write(`${ERASE}${statusLine()}`);
    }
  }

  function stayingLine(line: string): string {
    return paint(cutToWidth(`  ${printableLine(line)}`, output.columns() - 1), "dim", output) +
      "\n";
  }

  /** One column stays free: a terminal that is written to the edge would begin a new line. */
  function statusLine(): string {
    if (!seen) return "";
    const { job, place } = seen;
    const since = place === undefined ? job.startedAt ?? job.createdAt : job.createdAt;
    const state = place === undefined ? "" : `  waits at place ${place}`;
    const head = `${FRAMES[frame]} ${nameOf(job)}  ${elapsed(clock.now() - since)}${state}`;
    const room = output.columns() - 1 - displayWidth(head);
    const saying = noted ?? seen.newest ?? newest ?? "";
    if (room < 0) return cutToWidth(head, output.columns() - 1);
    const tail = saying === "" ? "" : cutToWidth(`  ${printableLine(saying)}`, room);
    return head + paint(tail, "dim", output);
  }
}

function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
