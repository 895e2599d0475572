/** What a Parquet file's footer and page headers may claim before anything is allocated for it. */
export const PARQUET_LIMITS = {
  footerBytes: 16_000_000,
  /** 784 pixel columns, a label and some more. */
  columns: 2_000,
  rowGroups: 20_000,
  pageBytes: 128_000_000,
} as const
