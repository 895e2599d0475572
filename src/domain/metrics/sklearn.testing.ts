/**
 * What scikit-learn 1.9.1 (NumPy 2.4.6) makes of the same logits and labels; `top2` and `ece` are NumPy one-liners of their definitions.
 * The logits come from `logitsOf`, a generator simple enough to be written twice.
 */
export const SKLEARN = [
  {
    name: 'all classes',
    accuracy: 0.745,
    precision_macro: 0.7437654789691962,
    recall_macro: 0.7495473800528439,
    f1_macro: 0.7436176323676325,
    precision_weighted: 0.7500196572030724,
    recall_weighted: 0.745,
    f1_weighted: 0.7445868402430901,
    average_loss: 1.1302459530716118,
    loss_std: 1.0618519420859933,
    confusion_matrix: [
      [29, 3, 3, 2, 1, 1, 0, 0, 3, 2],
      [0, 29, 1, 1, 0, 1, 2, 0, 0, 3],
      [1, 1, 22, 0, 0, 2, 1, 1, 0, 1],
      [0, 4, 0, 33, 1, 3, 0, 0, 3, 0],
      [1, 0, 2, 3, 34, 0, 1, 2, 2, 2],
      [0, 0, 0, 1, 0, 35, 3, 2, 1, 0],
      [0, 1, 1, 0, 1, 0, 30, 0, 0, 0],
      [2, 2, 2, 1, 1, 0, 0, 32, 0, 4],
      [1, 1, 1, 2, 2, 2, 2, 1, 28, 2],
      [2, 0, 3, 1, 1, 2, 0, 2, 1, 26],
    ],
    per_class_metrics: {
      '0': {
        precision: 0.8055555555555556,
        recall: 0.6590909090909091,
        f1_score: 0.725,
        accuracy: 0.6590909090909091,
        support: 44,
      },
      '1': {
        precision: 0.7073170731707317,
        recall: 0.7837837837837838,
        f1_score: 0.7435897435897436,
        accuracy: 0.7837837837837838,
        support: 37,
      },
      '2': {
        precision: 0.6285714285714286,
        recall: 0.7586206896551724,
        f1_score: 0.6875,
        accuracy: 0.7586206896551724,
        support: 29,
      },
      '3': { precision: 0.75, recall: 0.75, f1_score: 0.75, accuracy: 0.75, support: 44 },
      '4': {
        precision: 0.8292682926829268,
        recall: 0.723404255319149,
        f1_score: 0.7727272727272727,
        accuracy: 0.723404255319149,
        support: 47,
      },
      '5': {
        precision: 0.7608695652173914,
        recall: 0.8333333333333334,
        f1_score: 0.7954545454545454,
        accuracy: 0.8333333333333334,
        support: 42,
      },
      '6': {
        precision: 0.7692307692307693,
        recall: 0.9090909090909091,
        f1_score: 0.8333333333333334,
        accuracy: 0.9090909090909091,
        support: 33,
      },
      '7': {
        precision: 0.8,
        recall: 0.7272727272727273,
        f1_score: 0.7619047619047619,
        accuracy: 0.7272727272727273,
        support: 44,
      },
      '8': {
        precision: 0.7368421052631579,
        recall: 0.6666666666666666,
        f1_score: 0.7,
        accuracy: 0.6666666666666666,
        support: 42,
      },
      '9': {
        precision: 0.65,
        recall: 0.6842105263157895,
        f1_score: 0.6666666666666666,
        accuracy: 0.6842105263157895,
        support: 38,
      },
    },
    roc_auc_macro: 0.9147420350827933,
    roc_auc_per_class: [
      0.8981741573033708, 0.9244285607921972, 0.9209963751278, 0.9297752808988765, 0.9130854077511904,
      0.922120244745943, 0.9797704566096936, 0.8621680286006128, 0.9037642990156957, 0.8931375399825531,
    ],
    confidence_stats: {
      mean_confidence: 0.5119718502154214,
      std_confidence: 0.23067040336677253,
      min_confidence: 0.15051732876655088,
      max_confidence: 0.9271666155440133,
    },
    prediction_distribution: {
      '0': 36,
      '1': 41,
      '2': 35,
      '3': 44,
      '4': 41,
      '5': 46,
      '6': 39,
      '7': 40,
      '8': 38,
      '9': 40,
    },
    target_distribution: {
      '0': 44,
      '1': 37,
      '2': 29,
      '3': 44,
      '4': 47,
      '5': 42,
      '6': 33,
      '7': 44,
      '8': 42,
      '9': 38,
    },
    classification_report: {
      '0': { precision: 0.8055555555555556, recall: 0.6590909090909091, 'f1-score': 0.725, support: 44.0 },
      '1': {
        precision: 0.7073170731707317,
        recall: 0.7837837837837838,
        'f1-score': 0.7435897435897436,
        support: 37.0,
      },
      '2': { precision: 0.6285714285714286, recall: 0.7586206896551724, 'f1-score': 0.6875, support: 29.0 },
      '3': { precision: 0.75, recall: 0.75, 'f1-score': 0.75, support: 44.0 },
      '4': {
        precision: 0.8292682926829268,
        recall: 0.723404255319149,
        'f1-score': 0.7727272727272727,
        support: 47.0,
      },
      '5': {
        precision: 0.7608695652173914,
        recall: 0.8333333333333334,
        'f1-score': 0.7954545454545454,
        support: 42.0,
      },
      '6': {
        precision: 0.7692307692307693,
        recall: 0.9090909090909091,
        'f1-score': 0.8333333333333334,
        support: 33.0,
      },
      '7': { precision: 0.8, recall: 0.7272727272727273, 'f1-score': 0.7619047619047619, support: 44.0 },
      '8': { precision: 0.7368421052631579, recall: 0.6666666666666666, 'f1-score': 0.7, support: 42.0 },
      '9': { precision: 0.65, recall: 0.6842105263157895, 'f1-score': 0.6666666666666666, support: 38.0 },
      accuracy: 0.745,
      'macro avg': {
        precision: 0.7437654789691962,
        recall: 0.7495473800528439,
        'f1-score': 0.7436176323676325,
        support: 400.0,
      },
      'weighted avg': {
        precision: 0.7500196572030724,
        recall: 0.745,
        'f1-score': 0.7445868402430901,
        support: 400.0,
      },
    },
    text: '              precision    recall  f1-score   support\n\n           0       0.81      0.66      0.72        44\n           1       0.71      0.78      0.74        37\n           2       0.63      0.76      0.69        29\n           3       0.75      0.75      0.75        44\n           4       0.83      0.72      0.77        47\n           5       0.76      0.83      0.80        42\n           6       0.77      0.91      0.83        33\n           7       0.80      0.73      0.76        44\n           8       0.74      0.67      0.70        42\n           9       0.65      0.68      0.67        38\n\n    accuracy                           0.74       400\n   macro avg       0.74      0.75      0.74       400\nweighted avg       0.75      0.74      0.74       400\n',
    brier: 0.4293689992628872,
    top2: 0.7675,
    ece: 0.25657978831979866,
  },
  {
    name: 'two classes in neither truth nor answers, two only answered',
    accuracy: 0.8166666666666667,
    precision_macro: 0.6350559163059163,
    recall_macro: 0.6298992673992674,
    f1_macro: 0.625297619047619,
    precision_weighted: 0.8748015873015873,
    recall_weighted: 0.8166666666666667,
    f1_weighted: 0.8371825396825396,
    average_loss: 0.7002361656659828,
    loss_std: 0.7452845921219441,
    confusion_matrix: [
      [9, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      [1, 8, 1, 0, 0, 0, 1, 0, 1, 0],
      [0, 0, 5, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 1, 1, 0, 0, 10, 0, 0, 1, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0, 0, 11, 0, 1],
      [0, 0, 0, 0, 0, 1, 0, 0, 6, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    per_class_metrics: {
      '0': {
        precision: 0.8181818181818182,
        recall: 0.9,
        f1_score: 0.8571428571428571,
        accuracy: 0.9,
        support: 10,
      },
      '1': {
        precision: 0.8888888888888888,
        recall: 0.6666666666666666,
        f1_score: 0.7619047619047619,
        accuracy: 0.6666666666666666,
        support: 12,
      },
      '2': {
        precision: 0.7142857142857143,
        recall: 1.0,
        f1_score: 0.8333333333333334,
        accuracy: 1.0,
        support: 5,
      },
      '3': { precision: 0.0, recall: 0.0, f1_score: 0.0, accuracy: 0.0, support: 0 },
      '4': { precision: 0.0, recall: 0.0, f1_score: 0.0, accuracy: 0.0, support: 0 },
      '5': {
        precision: 0.9090909090909091,
        recall: 0.7692307692307693,
        f1_score: 0.8333333333333334,
        accuracy: 0.7692307692307693,
        support: 13,
      },
      '6': { precision: 0.0, recall: 0.0, f1_score: 0.0, accuracy: 0.0, support: 0 },
      '7': {
        precision: 1.0,
        recall: 0.8461538461538461,
        f1_score: 0.9166666666666666,
        accuracy: 0.8461538461538461,
        support: 13,
      },
      '8': {
        precision: 0.75,
        recall: 0.8571428571428571,
        f1_score: 0.8,
        accuracy: 0.8571428571428571,
        support: 7,
      },
      '9': { precision: 0.0, recall: 0.0, f1_score: 0.0, accuracy: 0.0, support: 0 },
    },
    confidence_stats: {
      mean_confidence: 0.6087209961831997,
      std_confidence: 0.24057120207570537,
      min_confidence: 0.14039338718583524,
      max_confidence: 0.8021159468290683,
    },
    prediction_distribution: { '0': 11, '1': 9, '2': 7, '5': 11, '6': 1, '7': 11, '8': 8, '9': 2 },
    target_distribution: { '0': 10, '1': 12, '2': 5, '5': 13, '7': 13, '8': 7 },
    classification_report: {
      '0': { precision: 0.8181818181818182, recall: 0.9, 'f1-score': 0.8571428571428571, support: 10.0 },
      '1': {
        precision: 0.8888888888888888,
        recall: 0.6666666666666666,
        'f1-score': 0.7619047619047619,
        support: 12.0,
      },
      '2': { precision: 0.7142857142857143, recall: 1.0, 'f1-score': 0.8333333333333334, support: 5.0 },
      '5': {
        precision: 0.9090909090909091,
        recall: 0.7692307692307693,
        'f1-score': 0.8333333333333334,
        support: 13.0,
      },
      '6': { precision: 0.0, recall: 0.0, 'f1-score': 0.0, support: 0.0 },
      '7': { precision: 1.0, recall: 0.8461538461538461, 'f1-score': 0.9166666666666666, support: 13.0 },
      '8': { precision: 0.75, recall: 0.8571428571428571, 'f1-score': 0.8, support: 7.0 },
      '9': { precision: 0.0, recall: 0.0, 'f1-score': 0.0, support: 0.0 },
      accuracy: 0.8166666666666667,
      'macro avg': {
        precision: 0.6350559163059163,
        recall: 0.6298992673992674,
        'f1-score': 0.625297619047619,
        support: 60.0,
      },
      'weighted avg': {
        precision: 0.8748015873015873,
        recall: 0.8166666666666667,
        'f1-score': 0.8371825396825396,
        support: 60.0,
      },
    },
    text: '              precision    recall  f1-score   support\n\n           0       0.82      0.90      0.86        10\n           1       0.89      0.67      0.76        12\n           2       0.71      1.00      0.83         5\n           5       0.91      0.77      0.83        13\n           6       0.00      0.00      0.00         0\n           7       1.00      0.85      0.92        13\n           8       0.75      0.86      0.80         7\n           9       0.00      0.00      0.00         0\n\n    accuracy                           0.82        60\n   macro avg       0.64      0.63      0.63        60\nweighted avg       0.87      0.82      0.84        60\n',
    brier: 0.2561385266798732,
    top2: 0.8833333333333333,
    ece: 0.2089818770357655,
  },
] as const

interface FixtureShape {
  readonly count: number
  /** Classes that images are of. */
  readonly classes: readonly number[]
  /** Steps of a logit: few make many ties. */
  readonly steps: number
  readonly seed: number
  /** Classes that are never answered. */
  readonly never: readonly number[]
}

/** The inputs of {@link SKLEARN}, in its order. */
export const SHAPES: readonly FixtureShape[] = [
  { count: 400, classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], steps: 24, seed: 7, never: [] },
  { count: 60, classes: [0, 1, 2, 5, 7, 8], steps: 5, seed: 11, never: [3, 4] },
]

/** Logits in eighths and their labels, by a linear congruential generator (Numerical Recipes). */
export function logitsOf({ count, classes, steps, seed, never }: FixtureShape): {
  logits: Float32Array
  labels: Uint8Array
} {
  let state = seed
  function next(): number {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
  const labels = Uint8Array.from({ length: count }, () => classes[next() % classes.length] ?? 0)
  const logits = new Float32Array(count * 10)
  for (const [row, label] of labels.entries()) {
    for (let digit = 0; digit < 10; digit++) logits[row * 10 + digit] = (next() % steps) / 8
    if (next() % 4 > 0) logits[row * 10 + label] = (logits[row * 10 + label] ?? 0) + 3
    for (const digit of never) logits[row * 10 + digit] = -5
  }
  return { logits, labels }
}
