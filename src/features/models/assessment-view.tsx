import { evaluationResults } from '../../domain/metrics/results'
import type { ReleaseCheck, StoredAssessment } from '../../domain/release/assessment'
import { assessmentJson } from '../../domain/release/assessment-json'
import { championSentence, decisionSentence } from '../../domain/release/words'
import type { ListedVersion } from '../../stores/queries'
import { Button } from '../../ui/button'
import { downloadFile } from '../../ui/download'
import { formatCount, formatMoment, formatPercent } from '../../ui/format'
import { Row } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Table, type Column } from '../../ui/table'
import { CHECK_TITLES, checkBound, checkValue } from './gate-text'
import styles from './models.module.css'
import { OverrideForm } from './override-form'

const COLUMNS: readonly Column<ReleaseCheck>[] = [
  {
    id: 'check',
    title: 'Check',
    heading: true,
    cell: (check) => <span title={check.description}>{CHECK_TITLES[check.name]}</span>,
  },
  { id: 'value', title: 'Value', numeric: true, cell: (check) => checkValue(check.name, check.value) },
  { id: 'threshold', title: 'Threshold', numeric: true, cell: checkBound },
  {
    id: 'passed',
    title: 'Result',
    cell: ({ passed }) => (
      <span className={passed ? styles['passed'] : styles['failed']}>{passed ? 'holds' : 'fails'}</span>
    ),
  },
]

interface AssessmentViewProps {
  readonly stored: StoredAssessment
  readonly version: ListedVersion
}

/** A gate's decision: in a sentence, check by check, and beside the champion. */
export function AssessmentView({ stored, version }: AssessmentViewProps) {
  const { assessment, override, at } = stored
  const { decision, profile, accuracy, interval, count, champion, splitDigest } = assessment
  const passes = decision === 'APPROVE' || override !== null
  return (
    <>
      <Notice
        tone={decision === 'APPROVE' ? 'good' : passes ? 'caution' : 'failure'}
        title={decision === 'REJECT' && override !== null ? 'REJECT, overridden' : decision}
      >
        <p>{decisionSentence(assessment)}</p>
        {override !== null && <p>Let pass by hand: {override}</p>}
        <p>
          {formatPercent(accuracy)} of {formatCount(count)} test digits; the true accuracy lies between{' '}
          {formatPercent(interval.low)} and {formatPercent(interval.high)} (95 %, Wilson).
        </p>
        {version.evaluation !== null && version.evaluation.splitDigest !== splitDigest && (
          <p>
            These are other digits than the version was measured on at first: its dataset is not stored here,
            so the chosen one was taken, for the champion too.
          </p>
        )}
        <p>
          {champion === null
            ? 'Not compared with a champion: there is no other one, or it could not be measured on these digits.'
            : championSentence(champion)}
        </p>
      </Notice>
      <Table
        caption={`Checks of the profile ${profile}, ${formatMoment(at)}`}
        columns={COLUMNS}
        rows={assessment.checks}
        rowKey={(check) => check.name}
      />
      <Row between>
        <span className={styles['text']}>
          Profile {profile}, {formatMoment(at)}
        </span>
        <Row>
          <Button onClick={() => download(version, 'release_assessment', assessmentJson(assessment))}>
            Assessment as JSON
          </Button>
          {version.evaluation && (
            <Button
              onClick={() =>
                version.evaluation &&
                download(version, 'evaluation_results', evaluationResults(version.evaluation, null))
              }
            >
              Evaluation as JSON
            </Button>
          )}
        </Row>
      </Row>
      {!passes && <OverrideForm stored={stored} />}
    </>
  )
}

function download({ model, version }: ListedVersion, what: string, value: object): void {
  downloadFile(`${model}-${version}-${what}.json`, 'application/json', `${JSON.stringify(value, null, 2)}\n`)
}
