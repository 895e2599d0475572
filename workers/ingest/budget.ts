/** What one import may cost. A header is never believed beyond it. */
export interface IngestBudget {
  /** Of one file as it arrives, packed or not. */
  readonly fileBytes: number
  /** Of all files together after unpacking; real bytes are counted, not announced ones. */
  readonly unpackedBytes: number
  readonly milliseconds: number
}

/** Room for EMNIST's 280,000 digits (220 MB), seven times MNIST. */
export const INGEST_BUDGET: IngestBudget = {
  fileBytes: 256_000_000,
  unpackedBytes: 400_000_000,
  milliseconds: 120_000,
}

/** How long a host may send nothing. */
export const INGEST_PATIENCE_MS = 10_000
