import { assertNever } from '../../base/assertNever';
import { parseWith } from '../../protocol/parsing';
import { reportSchema, reportToHostSchema } from '../../protocol/report';
import type { HostToReport, Report, ReportToHost } from '../../protocol/report';
import { fileName } from '../fileName';
import type { Translate } from '../translate';
import { reportMarkdown } from './reportMarkdown';

/** Does what a button of a report stands for. */
export type ReportAct = (id: string) => Promise<void>;

export interface ReportPorts {
  readonly post: (message: HostToReport) => void;
  readonly copy: (text: string) => Promise<void>;
  /** `name`: of the file, a proposal. */
  readonly save: (content: string, name: string) => Promise<void>;
  /** To the log only. */
  readonly warn: (message: string) => void;
  /** To the log and to the reader. */
  readonly fail: (error: unknown) => void;
  readonly translate: Translate;
}

/** What a report's page says, and what comes of it. */
export class ReportMessages {
  readonly #report: Report;
  readonly #act: ReportAct | undefined;
  readonly #ports: ReportPorts;
  readonly #ids: ReadonlySet<string>;
  /** Actions under way: a second click starts none again. */
  readonly #running = new Set<string>();

  /** `act`: absent where the run that the report is of is over, and with it what its buttons did. */
  constructor(report: Report, act: ReportAct | undefined, ports: ReportPorts) {
    this.#report = act ? report : withoutActions(report);
    this.#act = act;
    this.#ports = ports;
    this.#ids = new Set(this.#report.sections.flatMap(({ actions }) => actions.map(idOf)));
  }

  /** Takes a message as it came. Never rejects. */
  async take(input: unknown): Promise<void> {
    const message = parseWith(reportToHostSchema, input);
    if (!message.ok) {
      this.#ports.warn(`message from a report: ${message.problem}`);
      return;
    }
    try {
      await this.#do(message.value);
    } catch (error) {
      this.#ports.fail(error);
    }
  }

  async #do(message: ReportToHost): Promise<void> {
    const { post, copy, save, warn, translate: t } = this.#ports;
    switch (message.type) {
      case 'ready':
        post({ type: 'report', report: this.#report });
        return;
      case 'copyMarkdown':
        await copy(reportMarkdown(this.#report, t));
        return;
      case 'saveJson': {
        const { title } = this.#report;
        await save(reportJson(this.#report), `${fileName(title, 'report')}.json`);
        return;
      }
      case 'act':
        await this.#run(message.id);
        return;
      case 'fault':
        warn(`A report's page: ${message.message}`);
        return;
      default:
        assertNever(message);
    }
  }

  async #run(id: string): Promise<void> {
    if (!this.#act || !this.#ids.has(id) || this.#running.has(id)) return;
    this.#running.add(id);
    try {
      await this.#act(id);
    } finally {
      this.#running.delete(id);
    }
  }
}

/** The report that a page has kept over a reload of the window; `undefined` where there is none to be read. */
export function keptReport(state: unknown): Report | undefined {
  const kept = parseWith(reportSchema, state);
  return kept.ok ? kept.value : undefined;
}

/** The figures alone, for other programs. */
function reportJson(report: Report): string {
  const sections = report.sections.map(({ heading, tone, paragraphs, table }) => ({
    heading,
    tone,
    paragraphs,
    table,
  }));
  return `${JSON.stringify({ ...report, sections }, undefined, 2)}\n`;
}

function withoutActions(report: Report): Report {
  const sections = report.sections.map((section) => ({ ...section, actions: [] }));
  return { ...report, sections };
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
