import { asking } from './topic';
import type { Topic } from './topic';

const TEXT = `# Text from everywhere

The simulator sends this to see that no character breaks on its way, even where a network packet ends in the middle of one.

| Script | Sample |
| --- | --- |
| Chinese | 敏捷的棕色狐狸跳过了懒狗。流式输出不应断字。 |
| Japanese | 素早い茶色の狐がのろまな犬を飛び越える。 |
| Korean | 다람쥐 헌 쳇바퀴에 타고파. |
| Arabic | نص حكيم له سر قاطع وذو شأن عظيم |
| Hebrew | דג סקרן שט בים מאוכזב ולפתע מצא חברה |
| Hindi | ऋषियों को सताने वाले दुष्ट राक्षसों के राजा |
| Thai | เป็นมนุษย์สุดประเสริฐเลิศคุณค่า |
| Greek | Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία. |
| Russian | Съешь же ещё этих мягких французских булок. |
| Combining | Z̶a̶l̶g̶o̶ lite: é (one point), é (two points), ñ, ö |

**Emoji:** 😀 🚀 ❤️ 👍🏽 (skin tone) 👩‍👩‍👧‍👦 (family of seven code points) 🏳️‍🌈 🇨🇭 🇺🇳 1️⃣

**Mathematics:** ∀ε > 0 ∃δ > 0: |x − a| < δ ⇒ |ƒ(x) − ƒ(a)| < ε

**Right to left inside a sentence:** the word שלום means peace, and مرحبا is a greeting.

> من اليمين إلى اليسار: هذا اقتباس كامل من المحاكي المحلي، وليس من نموذج.

中文段落：本地模拟器发送这一段文字，用来检查中文、全角标点（，。！？）与 English 混排时的换行与间距。`;

export const unicodeTopic: Topic = {
  ask: 'unicode',
  shows: 'many scripts, emoji, right-to-left text',
  showsInChinese: '多种文字、表情符号、从右到左的文本',
  pattern: asking('unicode|emojis?|chinese|rtl|languages'),
  answer: () => ({ text: TEXT }),
};
