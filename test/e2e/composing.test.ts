import { useWorkbench } from '../helpers/e2e';
import { contextFiles, contextSuite } from './suites/context';
import { turnsSuite } from './suites/turns';

const workbench = useWorkbench({
  env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '4' },
  viewport: { width: 1400, height: 900 },
  files: contextFiles,
});

contextSuite(workbench);
turnsSuite(workbench);
