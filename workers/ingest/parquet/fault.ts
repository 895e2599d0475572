import { failure, type Outcome, stopped } from '../outcome'

/** What is wrong with foreign bytes, thrown deep inside a decoder and turned into an answer by {@link decoding}. */
class FormatFault extends Error {
  override readonly name = 'FormatFault'
  readonly code: 'bad-input' | 'over-budget' | 'stopped'

  constructor(code: FormatFault['code'], finding: string) {
    super(finding)
    this.code = code
  }
}

/** @throws FormatFault always: the bytes are not what they claim to be. */
export function faulty(finding: string): never {
  throw new FormatFault('bad-input', finding)
}

/** @throws FormatFault always: reading on would cost more than an import may. */
export function beyondBudget(finding: string): never {
  throw new FormatFault('over-budget', finding)
}

/** @throws FormatFault when the person stopped it. */
export function checkStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new FormatFault('stopped', 'it was stopped')
}

/**
 * Runs decoders over foreign bytes. What they throw (a fault found, or an access beyond the bytes) is a finding about the file,
 * never a bug to be reported as one.
 *
 * @param what the bytes ought to be: "a whole Parquet file"
 */
export async function decoding<Value>(
  name: string,
  what: string,
  work: () => Promise<Outcome<Value>> | Outcome<Value>,
): Promise<Outcome<Value>> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FormatFault) {
      if (error.code === 'stopped') return stopped()
      if (error.code === 'over-budget')
        return failure('over-budget', `${name} is not read: ${error.message}. Choose a smaller file.`)
    }
    const reason = error instanceof Error ? error.message : String(error)
    const finding = error instanceof FormatFault ? reason : `it leads beyond its own bytes (${reason})`
    return failure(
      'bad-input',
      `${name} is cut short or damaged: expected ${what}, found that ${finding}. Download or copy it again.`,
    )
  }
}
