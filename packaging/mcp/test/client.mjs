// The official TypeScript SDK as a client of `mp mcp`: progress keeps a long query alive under a time-out of 10 s, reads alone, and
// questions to the user.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.MODULES + "/");
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { Client } = await load("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = await load("@modelcontextprotocol/sdk/client/stdio.js");
const { ElicitRequestSchema } = await load("@modelcontextprotocol/sdk/types.js");

const { HOME, PATH, MP, MPD_BIN, MPD_UPSTREAM } = process.env;

async function connected(words, capabilities = {}) {
  const client = new Client({ name: "test", version: "1" }, { capabilities });
  await client.connect(new StdioClientTransport({ command: MP, args: ["mcp", ...words], env: { HOME, PATH, MPD_BIN, MPD_UPSTREAM } }));
  return client;
}

{
  const client = await connected([]);
  const { tools } = await client.listTools();
  const size = Buffer.byteLength(JSON.stringify(tools));
  assert(size <= 25_000, `${size} bytes`);
  const session = await client.callTool({ name: "session", arguments: {} });
  assert.equal(session.structuredContent.project.id, "3187654");
  const boards = await client.callTool({ name: "read_operation", arguments: { id: "dashboards.list" } });
  assert.equal(boards.content[1].type, "resource_link");
  const part = await client.readResource({ uri: `${boards.content[1].uri}?from=1999` });
  assert.match(part.contents[0].text, /Dashboard 1999/);
  console.log(`typescript: ${tools.length} tools in ${size} bytes`);

  const told = [];
  const begun = Date.now();
  const call = { name: "query_segmentation", arguments: { event: "slow", from: "2025-01-01", to: "2025-01-02" } };
  const result = await client.callTool(call, undefined, { timeout: 10_000, resetTimeoutOnProgress: true, onprogress: (note) => told.push(note) });
  assert(!result.isError, JSON.stringify(result));
  assert(told.every((note, at) => at === 0 || note.progress > told[at - 1].progress));
  console.log(`typescript: a query of ${Math.round((Date.now() - begun) / 1000)} s under a time-out of 10 s, ${told.length} notes; "${told.at(-1).message}"`);
  const query = { ...call, arguments: { ...call.arguments, to: "2025-01-03" } };
  await assert.rejects(client.callTool(query, undefined, { timeout: 3_000 }), /timed out/i);
  assert.equal((await client.callTool({ name: "session", arguments: {} })).structuredContent.project.id, "3187654");
  console.log("typescript: without progress it times out, and the server goes on");
  await client.close();
}

for (const action of ["decline", "accept"]) {
  const client = await connected(["--allow-destructive"], { elicitation: {} });
  let asked = "";
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    asked = params.message;
    return { action, content: {} };
  });
  const call = { name: "destroy_operation", arguments: { id: "dashboards.delete", arguments: { dashboard_id: 1 } } };
  const result = await client.callTool(call);
  assert.match(asked, /Delete one dashboard/);
  assert.equal(Boolean(result.isError), action === "decline");
  console.log(`typescript: the user was asked and said ${action}`);
  await client.close();
}
