import { describe, expect, it } from 'vitest';
import { citationsIn } from '../../../../src/host/chat/citations';

function cited(...citations: readonly unknown[]): Parameters<typeof citationsIn>[0] {
  return [{ type: 'text', text: 'An answer.', citations }];
}

describe('the sources of an answer', () => {
  it('are documents, search results and pages, each once', () => {
    const page = {
      type: 'web_search_result_location',
      url: 'https://e.com/a',
      title: 'A page',
      cited_text: 'words',
    };
    const content = [
      ...cited(
        { type: 'char_location', document_title: 'report.pdf', cited_text: 'It  grew\nby 5 %.' },
        page,
      ),
      ...cited(page, { type: 'search_result_location', source: 'https://e.com/b', cited_text: 'more' }),
    ]; // prettier-ignore
    expect(citationsIn(content)).toEqual([
      { title: 'report.pdf', quote: 'It grew by 5 %.' },
      { title: 'A page', quote: 'words', href: 'https://e.com/a' },
      { title: 'https://e.com/b', quote: 'more', href: 'https://e.com/b' },
    ]);
  });

  it('lead nowhere but to the web', () => {
    const [view] = citationsIn(cited({ title: 'x', url: 'command:workbench.action.quit' }));
    expect(view).toEqual({ title: 'x', quote: '' });
  });

  it('are left out where they are of no form we know', () => {
    expect(citationsIn(cited(null, 5, {}, { title: 5, cited_text: [] }))).toEqual([]);
    expect(citationsIn([{ type: 'text', text: 'x' }])).toEqual([]);
    expect(citationsIn([{ type: 'other', citations: [{ title: 'x' }] }])).toEqual([]);
  });

  it('are as many and as long as can be read', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      title: `${String(index)} ${'t'.repeat(900)}`,
      cited_text: 'q'.repeat(9_000),
    }));
    const views = citationsIn(cited(...many));
    expect(views).toHaveLength(50);
    expect(views[0]?.title.length).toBe(200);
    expect(views[0]?.quote.length).toBe(300);
  });
});
