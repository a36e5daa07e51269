import * as v from 'valibot';

/** What a report's page shows: a benchmark, a diagnosis, a comparison. Plain data, all texts ready to be read. */

export const toneSchema = v.picklist(['good', 'bad', 'doubtful', 'plain']);
export type Tone = v.InferOutput<typeof toneSchema>;

const cellSchema = v.object({ text: v.string(), tone: v.optional(toneSchema, 'plain') });
export type ReportCell = v.InferOutput<typeof cellSchema>;

const tableSchema = v.object({
  /** `figures`: set at the right. */
  columns: v.array(v.object({ label: v.string(), holds: v.picklist(['words', 'figures']) })),
  rows: v.array(v.array(cellSchema)),
});
export type ReportTable = v.InferOutput<typeof tableSchema>;

/** Something the reader can do about what stands there; `id` goes back to the host. */
const actionSchema = v.object({ id: v.string(), label: v.string(), isMain: v.boolean() });
export type ReportAction = v.InferOutput<typeof actionSchema>;

const sectionSchema = v.object({
  heading: v.string(),
  tone: v.optional(toneSchema, 'plain'),
  /** Plain text, a paragraph each. */
  paragraphs: v.array(v.string()),
  table: v.optional(tableSchema),
  actions: v.optional(v.array(actionSchema), []),
});
export type ReportSection = v.InferOutput<typeof sectionSchema>;

export const reportSchema = v.object({
  title: v.string(),
  /** Where and when: one line. */
  subtitle: v.string(),
  /** What it comes to, in a sentence or two. */
  verdict: v.object({ tone: toneSchema, text: v.string() }),
  sections: v.array(sectionSchema),
});
export type Report = v.InferOutput<typeof reportSchema>;

export const hostToReportSchema = v.object({ type: v.literal('report'), report: reportSchema });
export type HostToReport = v.InferOutput<typeof hostToReportSchema>;

export const reportToHostSchema = v.variant('type', [
  /** The page is there and wants what it shows. */
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('copyMarkdown') }),
  v.object({ type: v.literal('saveJson') }),
  v.object({ type: v.literal('act'), id: v.string() }),
  /** Something went wrong in the page. */
  v.object({ type: v.literal('fault'), message: v.string() }),
]);
export type ReportToHost = v.InferOutput<typeof reportToHostSchema>;
