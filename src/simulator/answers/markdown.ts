import { asking, fence } from './topic';
import type { Topic } from './topic';

const TEXT = `# Markdown, one of each

This page comes from the **local simulator**, not from a model. It holds every kind of Markdown that the panel draws.

## Words

*Italic*, **bold**, ***both***, ~~struck out~~, \`inline code\`, a [link](https://example.com/ "An example"), an address <https://example.com/path?a=1&b=2>, and a line  
that breaks on purpose. Special characters stay as they are: \\*not italic\\*, a < b && c > d, 5 * 3 * 2, snake_case_name.

### Third level

#### Fourth level

##### Fifth level

###### Sixth level

## Lists

- One
- Two
  - Two and a half, with \`code\`
    - Deeper still
  - Another
- Three, with a second paragraph:

  It belongs to the third item.

1. First
2. Second
   1. Second, first part
   2. Second, second part
3. Third

- [x] A task that is done
- [ ] A task that waits
  - [x] A part of it

## Quotes

> A quote of one line.
>
> > A quote inside it.
>
> - with a list
> - in it

## A table

| Left | Centre | Right |
| :--- | :---: | ---: |
| text | **bold** | 1 |
| a \\| b | \`code\` | 22 |
| | empty before | 333 |

## Code

${fence('ts', `export const greet = (name: string): string => 'Hello, ' + name;`)}

    Four spaces make code as well.

---

A term with a footnote.[^1] A reference link: [the example][ref].

[^1]: The footnote, at the very end.

[ref]: https://example.com/reference
`;

export const markdownTopic: Topic = {
  ask: 'markdown',
  shows: 'headings, lists, tasks, quotes, tables, links, code',
  showsInChinese: '标题、列表、任务、引用、表格、链接、代码',
  pattern: asking('markdown(?: of every kind)?|formatting|md'),
  answer: () => ({ text: TEXT }),
};
