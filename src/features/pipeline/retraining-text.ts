import type { Retraining, RetrainingTrigger } from '../../domain/pipeline/retraining'
import { formatCounted } from '../../ui/format'

/** What began a retraining. */
export function triggerText(trigger: RetrainingTrigger): string {
  switch (trigger.kind) {
    case 'person':
      return 'By hand'
    case 'drift':
      return 'Drift was found'
    case 'feedback':
      return formatCounted(trigger.count, 'named digit')
  }
}

/** How a retraining stands, in a word or two. */
export function outcomeText({ outcome }: Retraining, held: boolean): string {
  switch (outcome.state) {
    case 'collecting':
    case 'training':
    case 'assessing':
      return held ? PROGRESS[outcome.state] : 'Interrupted'
    case 'promoted':
      return 'Promoted'
    case 'discarded':
      return 'Discarded'
    case 'failed':
      return 'Failed'
  }
}

const PROGRESS = {
  collecting: 'Collecting digits',
  training: 'Training',
  assessing: 'Before the gate',
} as const

/** Why it ended as it did; empty where its end says all. */
export function reasonText({ outcome }: Retraining): string {
  switch (outcome.state) {
    case 'discarded':
      return outcome.reason
    case 'failed':
      return outcome.message
    case 'collecting':
    case 'training':
    case 'assessing':
    case 'promoted':
      return ''
  }
}
