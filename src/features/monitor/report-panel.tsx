import { alertNote, driftAlert, driftReportJson } from '../../domain/drift/reference-report'
import type { DriftReport } from '../../domain/drift/report'
import { verdictSentence } from '../../domain/drift/words'
import { Button, LinkButton } from '../../ui/button'
import { downloadFile } from '../../ui/download'
import { formatCounted, formatMoment } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { VerdictChip } from '../../ui/verdict-chip'
import { accuracyText, sizeText, windowText } from './drift-text'
import { SignalList } from './signal-list'
import styles from './signals.module.css'

interface ReportPanelProps {
  readonly report: DriftReport
  /** It is the newest of its version. */
  readonly latest: boolean
}

/** One look in full: the verdict in words first, then what it rests on. */
export function ReportPanel({ report, latest }: ReportPanelProps) {
  const { window, verdict, accuracy, at, versionId } = report
  const alert = driftAlert(report)
  const note = alertNote(report)
  return (
    <Panel
      title={latest ? 'Latest check' : 'Earlier check'}
      note={`${formatMoment(at)}, ${versionId}`}
      actions={
        <>
          {verdict === 'drift' && <LinkButton href="/pipeline">Retrain</LinkButton>}
          <Button onClick={() => downloadFile('drift_report.json', 'application/json', jsonOf(report))}>
            Download report
          </Button>
          {alert !== null && (
            <Button onClick={() => downloadFile('drift_alert.txt', 'text/plain', alert)}>
              Download drift_alert.txt
            </Button>
          )}
        </>
      }
    >
      <Stack>
        <Row>
          <VerdictChip verdict={verdict} />
          <span>{verdictSentence(verdict)}</span>
        </Row>
        <p className={styles['quiet']}>
          {windowText(window)}: {sizeText(report)}
          {accuracy !== null &&
            `, ${accuracyText(report)} read right of ${formatCounted(accuracy.count, 'image')} whose truth is known`}
          .
        </p>
        {note !== null && <p className={styles['quiet']}>{note}</p>}
        <SignalList findings={report} />
      </Stack>
    </Panel>
  )
}

function jsonOf(report: DriftReport): string {
  return `${JSON.stringify(driftReportJson(report), null, 2)}\n`
}
