import type { DriftFindings, DriftSignal, SignalName } from '../../domain/drift/report'
import { signalSentence, SIGNAL_WORDS } from '../../domain/drift/words'
import { formatCount, formatCounted, formatSignificant, NO_VALUE } from '../../ui/format'
import { VerdictChip } from '../../ui/verdict-chip'
import { BinBars } from './bin-bars'
import { psiText } from './drift-text'
import styles from './signals.module.css'

const QUESTIONS: Readonly<Record<SignalName, string>> = {
  label: 'Which digits come, by their labels',
  prediction: 'Which digits the model reads',
  margin: 'How far its answer leads over the second',
}

/** Each signal: its index, what it is worth, and the shares behind it. */
export function SignalList({
  findings,
}: {
  readonly findings: Pick<DriftFindings, 'signals' | 'threshold'>
}) {
  return (
    <>
      <div className={styles['legend']} aria-hidden>
        <span>
          <span className={`${styles['swatch']} ${styles['reference']}`} />
          Baseline
        </span>
        <span>
          <span className={`${styles['swatch']} ${styles['current']}`} />
          Window
        </span>
      </div>
      <div className={styles['signals']}>
        {findings.signals.map((signal) => (
          <SignalCard key={signal.signal} signal={signal} threshold={findings.threshold} />
        ))}
      </div>
    </>
  )
}

interface SignalCardProps {
  readonly signal: DriftSignal
  readonly threshold: number
}

function SignalCard({ signal, threshold }: SignalCardProps) {
  const { psi, p, adjustedP, count, referenceCount, minimumCount, verdict, method } = signal
  return (
    <section className={styles['signal']} aria-label={SIGNAL_WORDS[signal.signal]}>
      <div className={styles['head']}>
        <h3>{SIGNAL_WORDS[signal.signal]}</h3>
        <VerdictChip verdict={verdict} />
      </div>
      <span className={styles['small']}>{QUESTIONS[signal.signal]}</span>
      <div>
        <span className={styles['psi']}>{psiText(psi)}</span>{' '}
        <span className={styles['small']}>stability index (PSI), drift from {threshold} on</span>
      </div>
      <BinBars signal={signal} />
      <p className={styles['quiet']}>{signalSentence(signal)}</p>
      <span className={styles['small']}>
        p {formatSignificant(p)}
        {verdict === 'not-enough-data' ? '' : `, ${formatSignificant(adjustedP)} corrected`}
        {method === 'chi-square' ? ' (χ²)' : ' (random splits)'} · n {formatCount(count)}, at least{' '}
        {minimumCount === null ? NO_VALUE : formatCount(minimumCount)} · baseline{' '}
        {formatCounted(referenceCount, 'image')}
      </span>
    </section>
  )
}
