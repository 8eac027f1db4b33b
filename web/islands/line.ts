// The shared worker: every tab of this browser on which the same person is signed
// in has a port to it.

import { Stream, type FromTab } from "./stream";

const ports = new Map<string, MessagePort>();

const stream = new Stream((m, tab) => {
  if (tab) ports.get(tab)?.postMessage(m);
  else ports.forEach((p) => p.postMessage(m));
});

addEventListener("connect", (e) => {
  const port = (e as MessageEvent).ports[0];
  if (!port) return;
  port.onmessage = (m: MessageEvent<FromTab>) => {
    if (m.data.kind === "bye") ports.delete(m.data.tab);
    else ports.set(m.data.tab, port);
    stream.hear(m.data);
  };
});
