/** What is seen of a job while it runs. */
import type { Clock } from "../../lib/clock.ts";
import { printableLine } from "../../lib/terminal/printable.ts";
import type { Job } from "../../store/job.ts";
import type { Output } from "../output.ts";
import { createLiveView } from "./live_view.ts";

/** A look at a job. */
export interface Glimpse {
  job: Job;
  /** The readable lines that it printed since the look before. */
  lines: readonly string[];
  /** What it printed last, the line perhaps not yet complete. */
  newest?: string;
  /** Its place in the queue, from 1, while it waits there. */
  place?: number;
}

/** Shows a job to a person, or to a log. */
export interface View {
  show(glimpse: Glimpse): void;
  /** Says what aimux itself does. */
  note(text: string): void;
  /** Leaves nothing behind that changes. */
  end(): void;
}

/** The view that suits the output: one line that lives on a terminal, plain lines elsewhere. */
export function createView(
  output: Output,
  { quiet, clock }: { quiet: boolean; clock: Clock },
): View {
  if (quiet) return { show() {}, note() {}, end() {} };
  return output.styled ? createLiveView(output, clock) : createPlainView(output);
}

function createPlainView(output: Output): View {
  let told = "";

  function tell(line: string): void {
    void output.write(`${printableLine(line)}\n`);
  }

  return {
    show({ job, lines, place }) {
      const state = place === undefined
        ? `running: ${nameOf(job)}, role ${job.role}, ${job.id}`
        : `queued: ${nameOf(job)}, role ${job.role}, ${job.id}, place ${place}`;
      // A job that ended at once was running, too.
      if (state !== told) tell(state);
      told = state;
      for (const line of lines) tell(`> ${line}`);
    },
    note: tell,
    end() {},
  };
}

/** What runs. */
export function nameOf({ cli, model }: Pick<Job, "cli" | "model">): string {
  return model === undefined ? cli : `${cli} ${model}`;
}
