/** One rung of the published design ladder: the network, and what it changes beside the one before. */
export interface Rung {
  readonly preset: string
  readonly step: string
  /** As its authors print it: best or last epoch on the test split, in percent. */
  readonly published: number
}

/** The eight designs of the reference pipeline, from a large classic to a small network made for the task. */
export const DESIGN_LADDER: readonly Rung[] = [
  { preset: 'lenet-512', step: 'The classic: two 5×5 convolutions and a wide dense layer', published: 99.22 },
  { preset: 'skeleton', step: 'Only 3×3 convolutions, no dense layer', published: 98.79 },
  { preset: 'lite', step: 'The same with few channels: a twentieth of the parameters', published: 98.68 },
  { preset: 'lite-bn', step: 'Batch norm behind each convolution', published: 99.12 },
  { preset: 'lite-bn-drop', step: 'Dropout of a quarter in two places', published: 98.89 },
  { preset: 'gap', step: 'Global average pooling instead of a 7×7 convolution', published: 98.0 },
  { preset: 'gap-wide', step: 'More channels before the pooling', published: 98.79 },
  {
    preset: 'rf5-13k',
    step: 'Max pooling where the receptive field is 5, a little dropout everywhere',
    published: 99.33,
  },
]
