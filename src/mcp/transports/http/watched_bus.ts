import type { ServerEvent, ServerEventBus } from "@modelcontextprotocol/server";

/** Tells of changes to resources until the signal aborts. */
export type Watch = (tell: (uri: string) => void, signal: AbortSignal) => void;

/** A bus that tells of changes, and looks for them only while somebody listens. */
export function createWatchedBus(watch: Watch): ServerEventBus {
  const listeners = new Set<(event: ServerEvent) => void>();
  let watching: AbortController | undefined;
  const publish = (event: ServerEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  return {
    publish,
    subscribe(listener) {
      listeners.add(listener);
      if (!watching) {
        watching = new AbortController();
        watch((uri) => publish({ kind: "resource_updated", uri }), watching.signal);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        watching?.abort();
        watching = undefined;
      };
    },
  };
}
