import type { Sha256 } from '../ids'
import type { Evaluation } from '../metrics/evaluation'
import { describeShape } from '../model/shapes'
import { layerSummary, multiplyAdds } from '../model/counts'
import type { ModelVersion, Run } from '../registry/records'
import type { EndedRun } from '../registry/run'
import { networkName } from '../registry/versions'
import type { StoredAssessment } from '../release/assessment'
import { yamlText } from './yaml-text'

export interface CardFacts {
  readonly version: ModelVersion
  readonly run: EndedRun | null
  readonly assessment: StoredAssessment | null
  /** `2026-01-01 00:00:00`, of the export. */
  readonly createdUtc: string
  readonly appVersion: string
  /** Digests of files beside the card, by name. */
  readonly digests: ReadonlyMap<string, Sha256>
  readonly goldenCount: number
  readonly tolerance: number
}

/** Where the digits are published. */
const PUBLISHED_MNIST = 'ylecun/mnist'

/** The model card: Hugging Face's front matter, then prose. Every figure is computed from the records. */
export function modelCard(facts: CardFacts): string {
  const { version } = facts
  return [
    `---\n${yamlText(frontMatter(version))}---\n`,
    `# ${version.model}, version ${version.version}\n`,
    details(facts),
    uses(),
    data(version, facts.run),
    procedure(facts.run),
    evaluationText(version.evaluation),
    release(facts.assessment),
    drift(version),
    limits(version),
    verification(facts),
  ].join('\n')
}

function frontMatter({ evaluation, model, dataset }: ModelVersion) {
  const published = dataset?.name === 'MNIST'
  const results =
    evaluation === null
      ? []
      : [
          {
            task: { type: 'image-classification' },
            dataset: {
              name: dataset?.name ?? 'not said',
              type: published ? PUBLISHED_MNIST : 'own',
              split: evaluation.split,
            },
            metrics: [
              { type: 'accuracy', value: evaluation.accuracy },
              { type: 'f1', value: macroF1(evaluation) },
              ...rocAucMetric(evaluation),
            ],
          },
        ]
  return {
    license: 'mit',
    tags: ['mnist', 'tfjs', 'onnx'],
    datasets: published ? [PUBLISHED_MNIST] : [],
    metrics: ['accuracy', 'f1', 'roc_auc'],
    pipeline_tag: 'image-classification',
    library_name: 'tfjs',
    'model-index': [{ name: model, results }],
  }
}

function rocAucMetric({ detail }: Evaluation): { readonly type: string; readonly value: number }[] {
  const macro = detail?.rocAuc.macro
  return macro === undefined || macro === null ? [] : [{ type: 'roc_auc', value: macro }]
}

function macroF1({ perClass }: Evaluation): number {
  return perClass.reduce((sum, { f1 }) => sum + f1, 0) / perClass.length
}

function details({ version, createdUtc, appVersion }: CardFacts): string {
  const { network, parameterCount, preprocess, weightsSha256 } = version
  const lines = [
    `- Exported ${createdUtc} UTC by MNIST Studio ${appVersion}.`,
    `- Network: ${networkName(network)}, ${grouped(parameterCount)} parameters.`,
    `- Input: a digit of 28×28 bytes (0 paper, 255 ink), as (byte / ${preprocess.scale} − ${preprocess.mean}) / ${preprocess.std}.`,
    '- Output: ten logits, one a digit.',
    `- Weights: SHA-256 \`${weightsSha256}\`.`,
  ]
  if (network.kind === 'layers-model') return section('Details', lines.join('\n'))
  const rows = layerSummary(network.spec).map(
    ({ index, kind, output, parameters }) =>
      `| ${index} | ${kind} | ${describeShape(output)} | ${grouped(parameters)} |`,
  )
  const table = ['| # | Layer | Output | Parameters |', '| ---: | --- | --- | ---: |', ...rows].join('\n')
  const cost = `- One digit takes ${grouped(multiplyAdds(network.spec))} multiply-adds.`
  return section('Details', `${[...lines, cost].join('\n')}\n\n${table}`)
}

function uses(): string {
  return section(
    'Uses',
    [
      'Reading single handwritten digits that are light on dark, centred by mass in 28×28, as MNIST has them. A drawing becomes such an image as `preprocess.json` says.',
      '',
      'Out of scope: blank images, letters, several digits in one image, photographs. The model has no answer for "none of these"; it names a digit whatever it is shown.',
    ].join('\n'),
  )
}

function data({ dataset }: ModelVersion, run: Run | null): string {
  const held =
    run !== null && run.params.validation_fraction > 0
      ? ` Of its training split ${percent(run.params.validation_fraction)} were held back for validation.`
      : ''
  return section(
    'Training data',
    dataset === null
      ? 'Its maker did not say what it was trained on.'
      : `${dataset.name}, digest \`${dataset.digest}\`.${held}`,
  )
}

function procedure(run: EndedRun | null): string {
  if (run === null) return section('Training procedure', 'The run that made it is not part of this bundle.')
  const { params, augment, engine, host, appVersion, status } = run
  const { result } = status
  const changes = Object.entries(augment).filter(([, amount]) => amount > 0)
  return section(
    'Training procedure',
    [
      `- Run ${run.name} (\`${run.id}\`), ${result.epochsDone} epochs of batches of ${params.batch_size}, seed ${params.seed}; the weights are those of epoch ${result.weightsEpoch}.`,
      `- ${params.optimizer}, learning rate ${params.lr}, schedule ${params.scheduler}; every parameter is in \`params.yaml\`, every figure in \`metrics.jsonl\`.`,
      `- Augmentation: ${changes.length === 0 ? 'none' : changes.map(([name, amount]) => `${name} ${amount}`).join(', ')}.`,
      `- Compute: ${engine.device} (${engine.kind}), ${result.trainSeconds.toFixed(1)} s of training at ${grouped(Math.round(result.imagesPerSecond))} images a second; ${host}, studio ${appVersion}.`,
    ].join('\n'),
  )
}

function evaluationText(evaluation: Evaluation | null): string {
  if (evaluation === null) return section('Evaluation', 'It was measured on no dataset.')
  const { split, splitDigest, count, correct, accuracy, loss, interval, perClass, detail } = evaluation
  const lines = [
    `On the ${split} split (digest \`${splitDigest}\`), measured once after training:`,
    '',
    `- Accuracy ${percent(accuracy)} (${grouped(correct)} of ${grouped(count)}), 95 % interval ${percent(interval.low)} to ${percent(interval.high)} (Wilson).`,
    `- Loss ${loss.toPrecision(4)} nats, macro F1 ${macroF1(evaluation).toFixed(4)}.`,
  ]
  if (detail !== undefined)
    lines.push(
      `- Calibration error ${percent(detail.calibrationError)}, Brier score ${detail.brier.toPrecision(3)}, right among the two likeliest ${percent(detail.top2)}.`,
    )
  const rows = perClass.map(
    ({ label, support, precision, recall, f1 }) =>
      `| ${label} | ${grouped(support)} | ${precision.toFixed(4)} | ${recall.toFixed(4)} | ${f1.toFixed(4)} |`,
  )
  const table = [
    '| Digit | Images | Precision | Recall | F1 |',
    '| ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ]
  return section(
    'Evaluation',
    [...lines, '', ...table, '', 'How well drawn digits are read was not measured for this export.'].join(
      '\n',
    ),
  )
}

function release(stored: StoredAssessment | null): string {
  if (stored === null) return section('Release', 'No release gate decided on these weights.')
  const { assessment, override } = stored
  const passed = assessment.checks.filter((check) => check.passed).length
  const decision = `${assessment.decision}: ${passed} of ${assessment.checks.length} checks of profile ${assessment.profile} passed (\`release_assessment.json\`).`
  return section(
    'Release',
    override === null ? decision : `${decision} A person let it pass all the same: ${override}`,
  )
}

function drift({ baseline }: ModelVersion): string {
  return section(
    'Drift',
    baseline === null
      ? 'It has no baseline to compare later traffic with.'
      : `Later traffic is compared with \`baseline_profiles.json\`: labels of its training split, and answers and margins on ${grouped(baseline.count)} images.`,
  )
}

function limits({ evaluation }: ModelVersion): string {
  const weakest = evaluation?.perClass.toSorted((a, b) => a.recall - b.recall)[0]
  const found =
    weakest === undefined
      ? ''
      : ` Of the digits it reads ${weakest.label} worst: ${percent(weakest.recall)} of them are found.`
  return section(
    'Limits',
    `MNIST's digits are American, of the 1990s, clean and centred; other hands, pens and scans are read worse.${found} A probability is a claim of the model, not a measured frequency.`,
  )
}

function verification({ digests, goldenCount, tolerance }: CardFacts): string {
  const sums = [...digests].map(([name, sha256]) => `${sha256}  ${name}`).join('\n')
  return section(
    'How to verify',
    [
      `\`golden.json\` holds ${goldenCount} images with the logits given here; another runtime must agree within ${tolerance.toExponential(1)}. In the studio an import does this before anything is kept:`,
      '',
      '```sh',
      'npm run studio -- import --bundle FILE --out DIR',
      '```',
      '',
      'Unpacked, `sha256sum -c` must accept these lines (`manifest.json` names every file):',
      '',
      '```',
      sums,
      '```',
    ].join('\n'),
  )
}

function section(title: string, text: string): string {
  return `## ${title}\n\n${text}\n`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

/** 13808 → "13,808". */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
