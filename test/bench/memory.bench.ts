import { BenchBrowser } from './lib/benchBrowser';
import { runBench } from './lib/runBench';
import { benchHost } from './memory/hostMemory';
import { benchCycles, benchOpening, benchResize, benchScroll } from './memory/pageMemory';

/** A conversation of a thousand turns in the real panel, and what stays of it in page and host: see docs/BENCHMARKS.md. */
const browser = await BenchBrowser.start();
await runBench('memory', {
  open: (report, quick) => benchOpening(report, browser, quick),
  scroll: (report, quick) => benchScroll(report, browser, quick),
  resize: (report, quick) => benchResize(report, browser, quick),
  cycles: (report, quick) => benchCycles(report, browser, quick),
  host: (report, quick) => benchHost(report, quick),
});
await browser.stop();
