import assert from "node:assert/strict";
import { openPipe } from "./descriptors.ts";
import { openLibc } from "./libc.ts";
import { createPoller, POLLIN, POLLOUT } from "./poller.ts";

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "a descriptor is told when it is ready, until it is not waited for any more",
  ignore,
  async fn() {
    const libc = openLibc();
    const poller = createPoller(libc);
    const pipes = Array.from({ length: 3 }, () => openPipe(libc));
    const told: number[] = [];
    let wake = Promise.withResolvers<void>();
    const watches = pipes.map(([reader], index) =>
      poller.watch(reader, POLLIN, (events) => {
        assert.equal(events & POLLIN, POLLIN);
        libc.read(reader, new Uint8Array(8), 8n);
        told.push(index);
        wake.resolve();
      })
    );
    for (const index of [1, 0, 2, 0]) {
      wake = Promise.withResolvers();
      libc.write(pipes[index]![1], new Uint8Array(1), 1n);
      await wake.promise;
    }
    assert.deepEqual(told, [1, 0, 2, 0]);

    await watches[1]!.stop();
    libc.write(pipes[1]![1], new Uint8Array(1), 1n);
    wake = Promise.withResolvers();
    libc.write(pipes[2]![1], new Uint8Array(1), 1n);
    await wake.promise;
    assert.deepEqual(told, [1, 0, 2, 0, 2]);
    assert.equal(poller.look(pipes[1]![0], POLLIN), POLLIN);
    assert.equal(poller.look(pipes[0]![0], POLLIN), 0);
    assert.equal(poller.look(pipes[0]![1], POLLOUT), POLLOUT);

    // Whoever asks twice, and whoever asks last, is answered, too.
    await Promise.all([...watches, watches[0]!].map((watch) => watch.stop()));
    for (const end of pipes.flat()) libc.close(end);
  },
});

Deno.test({
  name: "a hang-up is told, and a watch may end from within",
  ignore,
  async fn() {
    const libc = openLibc();
    const poller = createPoller(libc);
    const [reader, writer] = openPipe(libc);
    const { promise, resolve } = Promise.withResolvers<void>();
    const watch = poller.watch(reader, POLLIN, () => resolve(watch.stop()));
    libc.close(writer);
    await promise;
    libc.close(reader);

    // With nothing left to wait for it begins anew.
    const second = poller.watch(openAndClose(libc), POLLIN, () => {});
    await second.stop();
  },
});

/** A number that is no descriptor, at least not for long. */
function openAndClose(libc: ReturnType<typeof openLibc>): number {
  const [reader, writer] = openPipe(libc);
  libc.close(reader);
  libc.close(writer);
  return reader;
}
