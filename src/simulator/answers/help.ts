import { asking } from './topic';
import type { Answer, AnswerContext, Topic } from './topic';

function inChinese(prompt: string): boolean {
  return /\p{Script=Han}/u.test(prompt);
}

function rows(topics: readonly Topic[], shows: (topic: Topic) => string): string {
  return topics.map((topic) => `| \`${topic.ask}\` | ${shows(topic)} |`).join('\n');
}

function english(topics: readonly Topic[]): string {
  return `## What you can ask the simulator

This is a **local simulator**: a small server on your own machine that speaks the Messages API. There is no model behind it, nothing leaves your computer, and nothing costs anything. It is here so that you can see the panel at work.

Type one of these:

| Ask | You get |
| --- | --- |
${rows(topics, ({ shows }) => shows)}

Anything else gets a short friendly reply.

**Try this too**

1. Ask for \`long 40\` and press **Stop** in the middle.
2. Choose *Simulator Deep* in the model picker and ask anything: it thinks first.
3. Send \`hello [[fault overload times=2]]\` and watch two retries succeed at the third attempt.
4. Send \`markdown [[fault stall after=20]]\` to see what a stalled stream looks like.

\`faults\` lists everything that can go wrong on demand. Set an API key when you want answers from Claude.`;
}

function chinese(topics: readonly Topic[]): string {
  return `## 可以向模拟器提问什么

这是一个**本地模拟器**：运行在您自己电脑上的小型服务器，使用 Messages API 协议。它背后没有任何模型，数据不会离开您的电脑，也不会产生费用，只用来展示聊天面板的功能。

输入下列任意一项：

| 输入 | 内容 |
| --- | --- |
${rows(topics, ({ showsInChinese }) => showsInChinese)}

**还可以试试**

1. 输入 \`long 40\`，中途点击**停止**。
2. 在模型选择器中选择 *Simulator Deep*：它会先“思考”再回答。
3. 发送 \`hello [[fault overload times=2]]\`，观察两次自动重试，第三次成功。

需要 Claude 的真实回答时，请设置 API 密钥。`;
}

/** Lists the other topics, in the language of the question. */
export function helpTopic(topics: readonly Topic[]): Topic {
  return {
    ask: 'help',
    shows: 'this list',
    showsInChinese: '本列表',
    pattern: asking(
      'help|\\?|what can you do|what can I (?:ask|do)|commands|帮助|你能做什么|你会什么',
    ),
    answer: ({ prompt }: AnswerContext): Answer => ({
      text: inChinese(prompt) ? chinese(topics) : english(topics),
    }),
  };
}
