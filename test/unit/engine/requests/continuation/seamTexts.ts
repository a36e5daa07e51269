import { openFence } from '../../../../../src/engine/requests/continuation/fences';

const PROSE = [
  'A circuit breaker protects a service that is already in trouble. When the share of failures rises above a threshold, it opens, and for a while no request is sent at all.',
  'The retry waits four seconds before it goes on; the one after that waits eight. With full jitter the real delay is a random number between zero and that value.',
  "It's worth saying that “idempotent” does not mean “harmless”: a request that charges a card twice is a bug, whatever the protocol calls it.",
  'In 2024 the median was 1,250 ms, in 2025 it fell to 870 ms, and by March 2026 the 99th percentile had come down from 12.5 s to 3.75 s.',
  '- **Queue**: requests wait for a slot.\n- **Pacing**: requests wait for the bucket.\n- **Backoff**: requests wait after a failure, see `retry.ts`.',
  '## Summary\n\n1. Open the settings.\n2. Change `pulse.retry.factor` to 2.\n3. Reload nothing: it applies at once 🎉.',
  'Naïve approaches fail here: they retry everything — even requests that can never succeed — and so make an outage worse 🚒🔥.',
];
const CJK = [
  '断路器保护一个已经出现问题的服务。当失败的比例超过阈值时，它会打开，在一段时间内不再发送任何请求。',
  '重试在四秒之后继续，下一次等待八秒。使用完全抖动时，实际的延迟是零到该值之间的随机数。',
  '再試行は四秒待ってから続きます。その次は八秒待ちます。接続が切れた場合は、自動的に再開されます。',
];
const CODE = [
  '```ts\nexport function backoff(attempt: number): number {\n  const limit = 1_000 * 2 ** attempt;\n  if (limit > MAX_DELAY) {\n    return Math.random() * MAX_DELAY;\n  }\n  return Math.random() * limit;\n}\n```',
  '```python\nclass Bucket:\n    def __init__(self, size):\n        self.size = size\n        self.left = size\n\n    def take(self, count):\n        if count > self.left:\n            return False\n        self.left -= count\n        return True\n```',
  '~~~sh\nnpm ci\nnpm run build -- --minify\nfor file in dist/*.js; do\n  gzip --keep "$file"\ndone\n~~~',
  '1. First install it:\n\n   ```bash\n   npm install --save-dev fast-check\n   npx vitest run test/unit\n   ```\n\n2. Then run it.',
  '````md\n# Title\n\n```js\nconsole.log("inside");\n```\n\nThe end of the inner text.\n````',
];
const TABLES = [
  '| model | input | output |\n|---|---:|---:|\n| Fable 5.1 | 10 | 50 |\n| Opus 5.5 | 4 | 20 |\n| Sonnet 5.5 | 2 | 10 |\n| Haiku 5.5 | 0.10 | 0.50 |',
  '| state | what it does |\n| --- | --- |\n| closed | all requests go through |\n| open | all requests are refused |\n| half-open | a few requests go through |',
];

/** Paragraphs of all kinds in the order that `pick` gives. */
export function composed(pick: (below: number) => number): string {
  const blocks = [...PROSE, ...CJK, ...CODE, ...TABLES];
  const count = 2 + pick(5);
  const chosen: string[] = [];
  for (let index = 0; index < count; index++) {
    const [block = ''] = blocks.splice(pick(blocks.length), 1);
    chosen.push(block);
  }
  return chosen.join('\n\n');
}

/** The line that opened the code block in which `text` ends. */
export function openingLine(text: string): string | undefined {
  const fence = openFence(text);
  return fence && fence.character.repeat(fence.length) + fence.info;
}
