import { asking, fence } from './topic';
import type { Topic } from './topic';

/** What a model could be talked into writing. A panel must show all of it as text or leave it out, and run none of it. */
const TEXT = `# Text that tries to misbehave

The simulator wrote this to test the panel. Nothing below should run, load or navigate.

<script>document.body.innerHTML = 'the script ran';</script>
<img src="https://tracker.invalid/pixel.png?leak=1" onerror="document.title='it ran'">
<iframe src="https://tracker.invalid/"></iframe>
<style>body { display: none }</style>

- A script link: [click me](javascript:alert%281%29)
- A command link: [run a command](command:workbench.action.closeWindow)
- A data link: [open data](data:text/html,<script>alert(1)</script>)
- A file link: [open a file](file:///etc/passwd)
- A VS Code link: [open settings](vscode://settings)
- A remote image: ![a picture](https://tracker.invalid/pixel.png?leak=2)
- Entities: &lt;b&gt;not bold&lt;/b&gt; &#106;avascript&colon;alert(1)
- A harmless link: [an example page](https://example.com/)

${fence('html', `<script>alert('in a code block this is only text')</script>`)}

Direction marks: access\u202e \u2066// check\u2069\u2066 is reversed on purpose. A zero-width space: in\u200bvisible.`;

export const hostileTopic: Topic = {
  ask: 'hostile',
  shows: 'HTML, scripts, odd links and remote images that must do nothing',
  showsInChinese: 'HTML、脚本、可疑链接和远程图片（都不应生效）',
  pattern: asking('hostile|unsafe|xss'),
  answer: () => ({ text: TEXT }),
};
