/**
 * The pinned baseline that every figure per event is a ratio of: fetch, a streaming TextDecoder, a split at blank
 * lines, JSON.parse. It checks nothing and keeps nothing but the text. Do not make it faster or slower: figures
 * of different days are compared through it.
 */
export async function streamWithBaseline(baseURL: string, body: object): Promise<string> {
  const response = await fetch(`${baseURL}/v1/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-version': '2026-10-21',
      authorization: 'Bearer bench',
    },
    body: JSON.stringify(body),
  });
  if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    pending += decoder.decode(value, { stream: true });
    const events = pending.split('\n\n');
    pending = events.pop() ?? '';
    for (const event of events) {
      const at = event.indexOf('data:');
      if (at < 0) continue;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the baseline checks nothing
      const data = JSON.parse(event.slice(at + 5)) as WireEvent;
      if (data.type === 'content_block_delta') text += data.delta.text;
    }
  }
}

interface WireEvent {
  readonly type: string;
  readonly delta: { readonly text: string };
}
