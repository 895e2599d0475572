// Long because it is one list: every field of the recipe with its words.
import type { RecipePath } from '../../domain/params/draft'

/** What another field shows. */
type TextOf = (path: RecipePath) => string

export interface RecipeField {
  readonly path: RecipePath
  readonly label: string
  /** What the number counts. */
  readonly unit?: string
  readonly hint: string
  /** Whether it changes anything beside these other choices; left out: always. */
  readonly matters?: (text: TextOf) => boolean
}

export interface RecipeGroup {
  readonly title: string
  readonly fields: readonly RecipeField[]
}

function among(path: RecipePath, ...values: readonly string[]): (text: TextOf) => boolean {
  return (text) => values.includes(text(path))
}

/** Something goes by the monitored metric. */
function isMonitored(text: TextOf): boolean {
  return text('train.scheduler') === 'plateau' || text('train.final_weights') === 'best' || stopsEarly(text)
}

function stopsEarly(text: TextOf): boolean {
  return text('train.early_stopping_patience').trim() !== '0'
}

const IS_PLATEAU = among('train.scheduler', 'plateau')
const IS_ONE_CYCLE = among('train.scheduler', 'one-cycle')
const IS_ADAM = among('train.optimizer', 'adam', 'adamw')
const ON_PROCESSOR = among('train.engine', 'auto', 'wasm')

/** What a newcomer sees. */
export const ESSENTIALS: readonly RecipeField[] = [
  { path: 'train.preset', label: 'Preset', hint: 'The network; its layers are below' },
  { path: 'train.epochs', label: 'Epochs', hint: 'Passes over the training split' },
  { path: 'train.batch_size', label: 'Batch', unit: 'images', hint: 'In one step' },
  { path: 'train.lr', label: 'Learning rate', hint: 'Of SGD often 0.01, of Adam 0.001' },
  { path: 'train.optimizer', label: 'Optimizer', hint: 'PyTorch’s formulas' },
  { path: 'train.scheduler', label: 'Schedule', hint: 'How the rate changes over the run' },
]

/** Everything else. */
export const GROUPS: readonly RecipeGroup[] = [
  {
    title: 'Model and data',
    fields: [
      { path: 'train.seed', label: 'Seed', hint: 'Same seed, same weights' },
      {
        path: 'train.validation_fraction',
        label: 'Validation share',
        hint: 'Kept apart, class by class',
      },
    ],
  },
  {
    title: 'Optimizer',
    fields: [
      {
        path: 'train.momentum',
        label: 'Momentum',
        hint: '0 is plain SGD',
        matters: among('train.optimizer', 'sgd'),
      },
      {
        path: 'train.nesterov',
        label: 'Nesterov',
        hint: 'Looks ahead along the momentum',
        matters: among('train.optimizer', 'sgd'),
      },
      { path: 'train.beta1', label: 'Beta 1', hint: 'Memory of the mean', matters: IS_ADAM },
      { path: 'train.beta2', label: 'Beta 2', hint: 'Memory of the squares', matters: IS_ADAM },
      {
        path: 'train.alpha',
        label: 'Alpha',
        hint: 'Memory of the squares',
        matters: among('train.optimizer', 'rmsprop'),
      },
      {
        path: 'train.epsilon',
        label: 'Epsilon',
        hint: 'Keeps a division from zero',
        matters: among('train.optimizer', 'adam', 'adamw', 'rmsprop', 'adagrad'),
      },
    ],
  },
  {
    title: 'Learning rate schedule',
    fields: [
      {
        path: 'train.step_size',
        label: 'Step length',
        unit: 'epochs',
        hint: 'Between two drops',
        matters: among('train.scheduler', 'step'),
      },
      {
        path: 'train.gamma',
        label: 'Drop factor',
        hint: 'The rate times this at a drop, or each epoch of an exponential schedule',
        matters: among('train.scheduler', 'step', 'exponential'),
      },
      {
        path: 'train.plateau_factor',
        label: 'Plateau factor',
        hint: 'The rate times this at a drop',
        matters: IS_PLATEAU,
      },
      {
        path: 'train.plateau_patience',
        label: 'Plateau patience',
        unit: 'validations',
        hint: 'Without progress before a drop',
        matters: IS_PLATEAU,
      },
      { path: 'train.pct_start', label: 'Climb', hint: 'Share of the steps', matters: IS_ONE_CYCLE },
      {
        path: 'train.div_factor',
        label: 'First divisor',
        hint: 'Learning rate / first rate',
        matters: IS_ONE_CYCLE,
      },
      {
        path: 'train.final_div_factor',
        label: 'Last divisor',
        hint: 'First rate / last rate',
        matters: IS_ONE_CYCLE,
      },
      {
        path: 'train.warmup_epochs',
        label: 'Warm-up',
        unit: 'epochs',
        hint: 'Linear climb before the schedule',
        matters: (text) => !IS_ONE_CYCLE(text),
      },
    ],
  },
  {
    title: 'Regularisation',
    fields: [
      {
        path: 'train.weight_decay',
        label: 'Weight decay',
        hint: 'Decoupled in AdamW, else added to the gradient',
      },
      {
        path: 'train.gradient_clip_val',
        label: 'Gradient clip',
        hint: 'Greatest global norm; 0 does not clip',
      },
      {
        path: 'train.label_smoothing',
        label: 'Label smoothing',
        hint: 'Share of the target spread over all digits',
      },
      {
        path: 'train.ema_decay',
        label: 'Weight average',
        hint: 'Decay of the moving average that is kept; 0 keeps the weights themselves',
      },
    ],
  },
  {
    title: 'Augmentation',
    fields: [
      { path: 'augment.rotation', label: 'Rotation', unit: 'degrees', hint: 'To both sides' },
      { path: 'augment.shift', label: 'Shift', unit: 'px', hint: 'In both directions' },
      { path: 'augment.scale', label: 'Scale', hint: 'Share of the size; 0.1 is 0.9 to 1.1 times' },
      { path: 'augment.shear', label: 'Shear', unit: 'degrees', hint: 'To both sides' },
      { path: 'augment.elastic', label: 'Elastic', unit: 'px', hint: 'Displacement of points 8 px apart' },
      { path: 'augment.thickness', label: 'Stroke thickness', hint: 'Share of a pixel more or less' },
    ],
  },
  {
    title: 'Stopping and checkpoints',
    fields: [
      {
        path: 'train.early_stopping_patience',
        label: 'Early stopping',
        unit: 'validations',
        hint: 'Without progress before the run ends; 0 never',
      },
      {
        path: 'train.early_stopping_min_delta',
        label: 'Least progress',
        hint: 'How much better counts',
        matters: stopsEarly,
      },
      { path: 'train.final_weights', label: 'Final weights', hint: 'What the run ends with' },
      { path: 'train.monitor', label: 'Monitor', hint: 'What progress is measured by', matters: isMonitored },
      {
        path: 'train.monitor_mode',
        label: 'Better is',
        hint: 'Auto: more accuracy, less loss',
        matters: isMonitored,
      },
      {
        path: 'train.validation_frequency',
        label: 'Validate every',
        unit: 'epochs',
        hint: 'The last epoch always is',
      },
    ],
  },
  {
    title: 'Compute',
    fields: [
      { path: 'train.engine', label: 'Engine', hint: 'What computes' },
      {
        path: 'train.threads',
        label: 'Threads',
        hint: '0 is as many as run at once; changes no bit',
        matters: ON_PROCESSOR,
      },
      {
        path: 'train.convolution',
        label: 'Convolution',
        hint: 'Of the processor; other last bits',
        matters: ON_PROCESSOR,
      },
      { path: 'train.mixed_precision', label: 'Mixed precision', hint: '16-bit storage on the GPU' },
    ],
  },
]

/** What a choice is called where its name in params.yaml is not how people say it. */
const CHOICE_LABELS: Readonly<Partial<Record<RecipePath, Readonly<Record<string, string>>>>> = {
  'train.optimizer': { sgd: 'SGD', adam: 'Adam', adamw: 'AdamW', rmsprop: 'RMSprop', adagrad: 'Adagrad' },
  'train.scheduler': {
    none: 'Constant',
    step: 'Step',
    cosine: 'Cosine',
    exponential: 'Exponential',
    plateau: 'On a plateau',
    'one-cycle': 'One-cycle',
  },
  'train.monitor': {
    validation_accuracy: 'Validation accuracy',
    validation_loss: 'Validation loss',
    train_loss: 'Training loss',
  },
  'train.monitor_mode': { auto: 'Auto', max: 'More', min: 'Less' },
  'train.final_weights': { last: 'Of the last epoch', best: 'Of the best epoch' },
  'train.convolution': {
    auto: 'Auto: the plan’s cost model',
    direct: 'Direct',
    'winograd-2': 'Winograd F(2×2, 3×3)',
    'winograd-4': 'Winograd F(4×4, 3×3)',
  },
}

export function choiceLabel(path: RecipePath, value: string): string {
  return CHOICE_LABELS[path]?.[value] ?? value
}
