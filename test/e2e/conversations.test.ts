import { useWorkbench } from '../helpers/e2e';
import { chatTabsSuite } from './suites/chatTabs';
import { historySuite } from './suites/history';

const workbench = useWorkbench({
  env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '4' },
  viewport: { width: 1300, height: 900 },
  userSettings: { 'files.simpleDialog.enable': true, 'pulse.titles.enabled': false },
});

historySuite(workbench);
chatTabsSuite(workbench);
