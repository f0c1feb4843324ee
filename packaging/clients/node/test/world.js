// What the tests share: homes of their own, a relay that cuts connections, a daemon that plays a part.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";

if (!process.env.MPD_UPSTREAM) {
  throw new Error("these tests would act on your own login: run packaging/clients/check, which makes a home of its own");
}

/** Runs the real client. */
export function mp(env, ...words) {
  return execFileSync("mp", words, { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 30_000 });
}

/** Runs with a home of its own, without a daemon at first. */
export async function withHome(config, more, work) {
  const path = mkdtempSync("/tmp/mp-js.");
  const env = { ...process.env, HOME: path, ...more(path) };
  const root = env.MP_STORAGE_DIR ?? `${path}/.mp`;
  mkdirSync(root, { mode: 0o700, recursive: true });
  writeFileSync(`${root}/config.toml`, config, { mode: 0o600 });
  try {
    return await work(env);
  } finally {
    mp(env, "daemon", "stop");
    rmSync(path, { recursive: true });
  }
}

async function listening(server, where, work) {
  const sockets = new Set();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
  await new Promise((resolve) => server.listen(where, resolve));
  try {
    return await work();
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Stands between a daemon and the sandbox, and cuts every export in the middle. */
export function withRelay(upstream, after, work) {
  const server = net.createServer((socket) => {
    socket.once("data", (request) => {
      let left = request.includes("/export/export") ? after : Infinity;
      const behind = net.connect(new URL(upstream).port, "127.0.0.1", () => {
        behind.write(request.toString("latin1").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), "latin1");
      });
      behind.on("error", () => socket.destroy()).on("end", () => socket.end());
      behind.on("data", (part) => {
        socket.write(part.subarray(0, Math.min(left, part.length)));
        left -= part.length;
        if (left <= 0) socket.end(() => behind.destroy());
      });
      socket.on("close", () => behind.destroy());
    });
  });
  return listening(server, { port: 0, host: "127.0.0.1" }, () => work(`http://127.0.0.1:${server.address().port}`));
}

/** Listens like a daemon and answers by the script, one text for each connection; an empty one is a connection that breaks. */
export async function withActor(script, work) {
  const folder = mkdtempSync("/tmp/mp-js.");
  const actor = { folder, socket: `${folder}/mpd.sock`, script: [...script], requests: [] };
  const server = net.createServer((socket) => {
    let read = "";
    socket.on("data", (part) => {
      read += part;
      const [head, body] = read.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const isHeld = /expect: 100-continue/i.test(head);
      const isWhole = /transfer-encoding/i.test(head) ? read.endsWith("0\r\n\r\n") : isHeld || body?.length >= length;
      if (body === undefined || !isWhole) return;
      actor.requests.push(head);
      socket.end(actor.script.shift());
    });
  });
  try {
    return await listening(server, actor.socket, () => work(actor));
  } finally {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  }
}

export function answer(body, status = "200 OK", type = "application/json") {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nMp-Origin: daemon\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

export function chunks(parts, end = "0\r\n\r\n") {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nTransfer-Encoding: chunked\r\n\r\n";
  return head + parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("") + end;
}
