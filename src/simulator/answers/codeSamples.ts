/** A piece of code in each language that the panel highlights, short and correct. */
export interface CodeSample {
  readonly language: string;
  readonly title: string;
  readonly aliases: readonly string[];
  readonly code: string;
}

export const CODE_SAMPLES: readonly CodeSample[] = [
  {
    language: 'ts',
    title: 'TypeScript',
    aliases: ['typescript'],
    code: `
/** Median of the numbers; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  const lower = sorted[middle - 1] ?? upper;
  return (lower + upper) / 2;
}

console.log(\`median: \${median([3, 1, 2])}\`);`,
  },
  {
    language: 'python',
    title: 'Python',
    aliases: ['py'],
    code: `
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Latency:
    """Milliseconds until the first token."""

    samples: tuple[float, ...]

    def percentile(self, p: int) -> float:
        if len(self.samples) < 2:
            raise ValueError(f"need two samples, got {len(self.samples)}")
        return quantiles(self.samples, n=100)[p - 1]


print(Latency((120.0, 80.5, 410.2)).percentile(50))  # 120.0`,
  },
  {
    language: 'rust',
    title: 'Rust',
    aliases: ['rs'],
    code: `
use std::collections::HashMap;

/// Counts the words of a text, without regard to case.
fn word_counts(text: &str) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    counts
}

fn main() {
    println!("{:?}", word_counts("to be or not to be"));
}`,
  },
  {
    language: 'go',
    title: 'Go',
    aliases: ['golang'],
    code: `
package main

import "fmt"

func fibonacci(n int) []int {
	numbers := make([]int, 0, n)
	a, b := 0, 1
	for range n {
		numbers = append(numbers, a)
		a, b = b, a+b
	}
	return numbers
}

func main() {
	fmt.Println(fibonacci(10)) // [0 1 1 2 3 5 8 13 21 34]
}`,
  },
  {
    language: 'css',
    title: 'CSS',
    aliases: [],
    code: `
.reply {
  color: var(--vscode-foreground);
  padding-inline: 12px;

  & code {
    background: var(--vscode-textCodeBlock-background);
    border-radius: 3px;
  }
}

@media (prefers-reduced-motion: reduce) {
  .reply { transition: none; }
}`,
  },
  {
    language: 'html',
    title: 'HTML',
    aliases: [],
    code: `
<!doctype html>
<html lang="en">
  <head><title>Pulse</title></head>
  <body>
    <!-- shown as text, never run -->
    <button type="button" onclick="alert('hi')">Say hi</button>
  </body>
</html>`,
  },
  {
    language: 'json',
    title: 'JSON',
    aliases: [],
    code: `
{
  "model": "simulator-fast",
  "max_tokens": 1024,
  "messages": [{ "role": "user", "content": "code json" }],
  "stream": true
}`,
  },
  {
    language: 'sql',
    title: 'SQL',
    aliases: [],
    code: `
SELECT model,
       COUNT(*)                  AS turns,
       ROUND(AVG(first_token_ms)) AS first_token_ms
FROM requests
WHERE outcome = 'ok' AND ended_at > datetime('now', '-1 day')
GROUP BY model
ORDER BY turns DESC;`,
  },
  {
    language: 'bash',
    title: 'Bash',
    aliases: ['sh', 'shell'],
    code: `
#!/usr/bin/env bash
set -euo pipefail

for file in *.log; do
  errors=$(grep -c ' ERROR ' "$file" || true)
  printf '%-30s %5d\\n' "$file" "$errors"
done`,
  },
  {
    language: 'diff',
    title: 'Diff',
    aliases: ['patch'],
    code: `
--- a/retry.ts
+++ b/retry.ts
@@ -1,4 +1,5 @@
 export function delayMs(attempt: number): number {
-  return 1000 * 2 ** attempt;
+  const longest = 1000 * 2 ** attempt;
+  return Math.random() * longest; // full jitter
 }`,
  },
  {
    language: 'yaml',
    title: 'YAML',
    aliases: ['yml'],
    code: `
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci && npm test`,
  },
];
