import { benchPaint } from './dashboard/paint';
import { BenchBrowser } from './lib/benchBrowser';
import { runBench } from './lib/runBench';

/** The dashboard's page with as many requests as it takes: see docs/BENCHMARKS.md. */
const browser = await BenchBrowser.start();
await runBench('dashboard', { paint: (report, quick) => benchPaint(report, browser, quick) });
await browser.stop();
