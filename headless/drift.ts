import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CLASS_COUNT } from '../src/domain/dataset/dataset'
import {
  alertNote,
  alertText,
  driftAlert,
  driftReportJson,
  labelShares,
  type ReferenceReport,
  referenceReport,
} from '../src/domain/drift/reference-report'
import type { DriftFindings } from '../src/domain/drift/report'
import { accuracyOf, countClasses, countWindow, driftFindings } from '../src/domain/drift/signals'
import { signalSentence, SIGNAL_WORDS, VERDICT_WORDS, verdictSentence } from '../src/domain/drift/words'
import { IMAGE_PIXELS } from '../src/domain/image/preprocess'
import type { DriftBaseline } from '../src/domain/metrics/baseline'
import { preprocessOf } from '../src/domain/params/preprocess'
import type { ReadSplit } from '../workers/ingest/split-files'
import { jsonText, readOutput, writeAtomically } from './files'
import { readNewData } from './new-data'
import { done, type Result, usage } from './problem'
import { findVersion } from './registered-model'
import { readRegistry } from './registry'
import { openBundleFile, openRegistered, type OpenedModel } from './served-model'
import type { Job } from './stages'

const REPORT_FILE = 'drift_report.json'
const ALERT_FILE = 'drift_alert.txt'
/** What `preprocess` and `pipeline` leave: share of each label in the training split. */
const BASELINE_FILE = 'baseline_distribution.json'
const USUAL_ALIAS = 'champion'
/** Images between two looks at the interrupt. */
const STRETCH = 1024

interface DriftOutput {
  readonly report: object
  readonly text: string
}

/**
 * `drift --new-data F`: all signals against a model's baseline; where --out has no model, the labels alone against its
 * baseline_distribution.json, as the reference pipeline does. What was found is no failure: the exit code is 0 whatever the verdict.
 */
export async function driftCommand(job: Job): Promise<Result<DriftOutput>> {
  const { newData, out } = job.line
  if (newData === null)
    return usage(
      'bad-params',
      'drift needs the digits to look at: name a Parquet or IDX file, or a folder of them, with --new-data.',
    )
  const opened = await openWatched(job)
  if (!opened.ok) return opened
  const { resolved, signal, progress } = job
  const model = opened.value
  const preprocess = model?.preprocess ?? preprocessOf(resolved.params.mnist)
  const split = await readNewData({ path: newData, preprocess, signal, progress })
  if (!split.ok) return split
  if (split.value.count === 0)
    return usage('bad-input', `${newData} must hold at least one digit, found none.`)
  const threshold = resolved.params.drift.psi_threshold
  const found =
    model === null
      ? await labelsAlone(split.value, threshold, job)
      : await withModel(model, split.value, threshold, basename(newData), job)
  if (!found.ok) return found
  const { report, alert, note, text } = found.value
  await writeAtomically(
    out,
    new Map([[REPORT_FILE, jsonText(report)], ...(alert === null ? [] : [[ALERT_FILE, alert] as const])]),
  )
  // An alert of an earlier look holds no longer.
  if (alert === null) await rm(join(out, ALERT_FILE), { force: true })
  const told =
    alert === null
      ? ''
      : `ALERT: Drift detected (${alert}), see ${join(out, ALERT_FILE)}\n${note === null ? '' : `${note}\n`}`
  return done({ report: { ...report, alert, alertNote: note, out }, text: `${text}${told}` })
}

interface Found {
  readonly report: object
  readonly alert: string | null
  /** What to know of the alert; null where the verdict bears it out. */
  readonly note: string | null
  readonly text: string
}

/** The model whose baseline is compared with; null where --out has none and none was asked for. */
async function openWatched({ line, resolved }: Job): Promise<Result<OpenedModel | null>> {
  const { bundle, out, version } = line
  if (bundle !== null) return openBundleFile(bundle)
  const model = resolved.params.mlflow.registered_model_name
  const registry = await readRegistry(out)
  if (!registry.ok) return registry
  const wanted = version ?? USUAL_ALIAS
  if (version === null && findVersion(registry.value, model, wanted) === null) return done(null)
  return openRegistered(out, model, wanted)
}

async function withModel(
  model: OpenedModel,
  split: ReadSplit,
  threshold: number,
  name: string,
  job: Job,
): Promise<Result<Found>> {
  const { baseline } = model
  if (baseline === null)
    return usage(
      'not-found',
      `${model.name}/${model.version} was registered before baselines were kept, so there is nothing to compare with. Train and register it again.`,
    )
  const logits = await readAll(model, split, job)
  const findings = findingsOf(logits, split, baseline, threshold, name)
  const version = `${model.name}/${model.version}`
  return done({
    report: { ...driftReportJson(findings), version },
    alert: driftAlert(findings),
    note: alertNote(findings),
    text: findingsText(findings, version),
  })
}

function findingsOf(
  logits: Float32Array,
  { labels, count }: ReadSplit,
  baseline: DriftBaseline,
  threshold: number,
  name: string,
): DriftFindings {
  const accuracy = labels === null ? null : accuracyOf(logits, labels)
  const what = { window: { kind: 'file', name }, available: count, threshold, accuracy } as const
  return driftFindings(what, countWindow(logits, labels, baseline), baseline)
}

async function readAll(model: OpenedModel, { count, images }: ReadSplit, job: Job): Promise<Float32Array> {
  const logits = new Float32Array(count * CLASS_COUNT)
  for (let first = 0; first < count; first += STRETCH) {
    job.progress.show(`Reading digit ${first} of ${count}`)
    const stretch = images.subarray(first * IMAGE_PIXELS, (first + STRETCH) * IMAGE_PIXELS)
    logits.set(await model.predict(stretch), first * CLASS_COUNT)
  }
  return logits
}

/** The reference pipeline's own look: two label distributions and a fixed bar, without a word on chance. */
async function labelsAlone(split: ReadSplit, threshold: number, { line }: Job): Promise<Result<Found>> {
  const wayOut = `Name a model with --bundle, or run preprocess or pipeline with the same --out first.`
  const text = await readOutput(line.out, BASELINE_FILE, wayOut)
  if (!text.ok) return text
  const baseline = sharesIn(text.value.toString())
  if (baseline === null)
    return usage(
      'damaged',
      `${join(line.out, BASELINE_FILE)} must hold a share in 0…1 for each label, and does not. ${wayOut}`,
    )
  if (split.labels === null)
    return usage(
      'bad-input',
      `Without a model only labels can be compared, and ${line.newData} has none (${split.kind}). Name a model with --bundle.`,
    )
  const report = referenceReport(baseline, labelShares(countClasses(split.labels)))
  const alert = report.psi >= threshold ? alertText(report.psi) : null
  return done({
    report: { ...report, count: split.count, threshold },
    alert,
    note: null,
    text: `${referenceText(report)}\n`,
  })
}

function sharesIn(text: string): Readonly<Record<string, number>> | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const entries: [string, unknown][] = Object.entries(value)
  const shares = entries.filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= 0 && entry[1] <= 1,
  )
  return shares.length === entries.length && shares.length > 0 ? Object.fromEntries(shares) : null
}

/** As the reference pipeline prints it: the index with all its digits. */
function referenceText({ psi, baseline, current }: ReferenceReport): string {
  return JSON.stringify({ psi, baseline, current })
}

function findingsText(findings: DriftFindings, version: string): string {
  const { verdict, signals, count, accuracy } = findings
  const lines = [
    `${VERDICT_WORDS[verdict]}: ${verdictSentence(verdict)}`,
    `${count} images against the baseline of ${version}`,
    ...(accuracy === null ? [] : [`${accuracy.correct} of ${accuracy.count} read right`]),
    ...signals.map(
      (signal) =>
        `${SIGNAL_WORDS[signal.signal].padEnd(8)} PSI ${signal.psi}  ${VERDICT_WORDS[signal.verdict]}. ${signalSentence(signal)}`,
    ),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
