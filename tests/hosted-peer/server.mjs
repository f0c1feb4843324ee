// The far side: the HTTP server of the official TypeScript SDK, with sessions. `node server.mjs PORT [json]`
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { InMemoryEventStore } from '@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

const [port, kind] = [Number(process.argv[2]), process.argv[3]];
const sessions = new Map();
let changes = 0;
const text = text => ({ content: [{ type: 'text', text }] });

function make() {
  const server = new McpServer({ name: 'peer', version: '1' }, { capabilities: { logging: {} } });
  server.registerTool('read', { annotations: { readOnlyHint: true } }, () => text(`${changes} changes`));
  server.registerTool('change', {}, () => text(`change ${++changes}`));
  server.registerTool('slow', { annotations: { readOnlyHint: true } }, async extra => {
    const progressToken = extra._meta?.progressToken;
    for (let progress = 1; progress <= 6; progress++) {
      await new Promise(done => setTimeout(done, 500));
      if (progressToken !== undefined) {
        await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total: 6 } });
      }
      // The client is sent away in the middle, and comes back for the rest.
      if (progress === 3) extra.closeSSEStream?.();
    }
    return text('done');
  });
  server.registerTool('ask', {}, async () => {
    const asked = await server.server.elicitInput({
      message: 'Which?', requestedSchema: { type: 'object', properties: { which: { type: 'string' } } },
    });
    return text(`${asked.action} ${asked.content?.which}`);
  });
  return server;
}

createServer(async (request, response) => {
  const id = request.headers['mcp-session-id'];
  let transport = sessions.get(id);
  if (!transport && id) {
    response.writeHead(404, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null }));
  }
  if (!transport) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: kind === 'json',
      eventStore: kind === 'json' ? undefined : new InMemoryEventStore(),
      retryInterval: 200,
      onsessioninitialized: id => { sessions.set(id, transport); console.error(`session ${sessions.size}`); },
      onsessionclosed: id => { sessions.delete(id); console.error(`ended ${id.length}`); },
    });
    await make().connect(transport);
  }
  await transport.handleRequest(request, response);
}).listen(port, '127.0.0.1', () => console.error('listening'));
