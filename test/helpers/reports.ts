import type { Report } from '../../src/protocol/report';

/** A report with something of everything. */
export function exampleReport(over: Partial<Report> = {}): Report {
  return {
    title: 'Benchmark',
    subtitle: 'claude-haiku at the demo, today',
    verdict: { tone: 'bad', text: 'The first token comes too late.' },
    sections: [
      {
        heading: 'Latency',
        tone: 'doubtful',
        paragraphs: ['From 40 requests.', 'The network is not the cause.'],
        table: {
          columns: [
            { label: 'Figure', holds: 'words' },
            { label: 'ms', holds: 'figures' },
          ],
          rows: [
            [
              { text: 'P50', tone: 'plain' },
              { text: '1,200', tone: 'good' },
            ],
            [
              { text: 'P99', tone: 'plain' },
              { text: '4,100', tone: 'bad' },
            ],
            [{ text: 'Spread', tone: 'plain' }],
          ],
        },
        actions: [
          { id: 'again', label: 'Run again', isMain: true },
          { id: 'keep', label: 'Keep as baseline', isMain: false },
        ],
      },
      { heading: 'Conditions', tone: 'plain', paragraphs: [], actions: [] },
    ],
    ...over,
  };
}
