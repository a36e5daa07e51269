import type { JSX } from 'preact';
import type { Report, ReportAction, ReportSection, ReportToHost } from '../../protocol/report';
import { FaultBoundary } from '../shared/faultBoundary';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { Toolbar } from '../shared/toolbar';
import { useEvents } from '../shared/useEvent';
import type { ReportLink } from './reportLink';
import { DataTable } from './dataTable';
import { ToneMark } from './toneMark';

type Post = (message: ReportToHost) => void;

/** The whole page; empty until there is a report. */
export function App({ link }: { readonly link: ReportLink }): JSX.Element {
  useEvents(link.onReport);
  return (
    <FaultBoundary
      detail={strings.reportFaultDetail}
      again={strings.reportFaultReload}
      onFault={link.fault}
      onAgain={link.start}
    >
      {link.report && <Page report={link.report} post={link.post} />}
    </FaultBoundary>
  );
}

function Page({ report, post }: { readonly report: Report; readonly post: Post }): JSX.Element {
  const { title, subtitle, verdict, sections } = report;
  return (
    <main class="report">
      <header class="report-head">
        <div class="report-titles">
          <h1>{title}</h1>
          <p class="subtitle">{subtitle}</p>
        </div>
        <Toolbar label={strings.reportActions} className="report-tools">
          <ToolButton
            icon="copy"
            label={strings.reportCopy}
            onClick={() => post({ type: 'copyMarkdown' })}
          />
          <ToolButton
            icon="save"
            label={strings.reportSave}
            onClick={() => post({ type: 'saveJson' })}
          />
        </Toolbar>
      </header>
      <div class={`verdict ${verdict.tone}`}>
        <ToneMark tone={verdict.tone} isInWords />
        <p>{verdict.text}</p>
      </div>
      {sections.map((section, index) => (
        <Section key={index} section={section} post={post} />
      ))}
    </main>
  );
}

interface SectionProps {
  readonly section: ReportSection;
  readonly post: Post;
}

function Section({ section, post }: SectionProps): JSX.Element {
  const { heading, tone, paragraphs, table, actions } = section;
  return (
    <section>
      <h2>
        <ToneMark tone={tone} />
        <span>{heading}</span>
      </h2>
      {paragraphs.map((text, index) => (
        <p key={index} class="paragraph">
          {text}
        </p>
      ))}
      {table && <DataTable caption={heading} table={table} />}
      {actions.length > 0 && (
        <div class="actions">
          {actions.map((action) => (
            <ActionButton key={action.id} action={action} post={post} />
          ))}
        </div>
      )}
    </section>
  );
}

interface ActionProps {
  readonly action: ReportAction;
  readonly post: Post;
}

function ActionButton({ action: { id, label, isMain }, post }: ActionProps): JSX.Element {
  return (
    <button
      type="button"
      class={isMain ? 'button' : 'button secondary'}
      onClick={() => post({ type: 'act', id })}
    >
      {label}
    </button>
  );
}

interface ToolProps {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
}

function ToolButton({ icon, label, onClick }: ToolProps): JSX.Element {
  return (
    <button type="button" class="button secondary tool" onClick={onClick}>
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}
