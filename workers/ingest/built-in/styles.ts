import type { Chance } from './chance'
import { arc, at, corner, type Knot, type PenPath } from './pen-path'

/**
 * How people write each digit. One function a digit; the habits it draws (a bar, a serif, a loop, an open top …) are written
 * out as knots, so that the file reads as a copybook. Longer than 250 lines because a copybook is: ten digits, side by side.
 */
export const WRITE: readonly ((chance: Chance) => PenPath[])[] = [
  zero,
  one,
  two,
  three,
  four,
  five,
  six,
  seven,
  eight,
  nine,
]

/** A knot where some hands turn sharply and others round. */
function turn(chance: Chance, x: number, y: number, sharpness = 0.6): Knot {
  return chance.happens(sharpness) ? corner(x, y) : at(x, y)
}

function zero(chance: Chance): PenPath[] {
  const start = 0.75 + chance.bell(0.07)
  const turns = 1 + chance.between(-0.06, 0.12)
  const ellipse = { x: 0.5, y: 0.5, rx: chance.between(0.3, 0.62), ry: 0.5, growth: chance.bell(0.1) }
  const loop = arc(ellipse, start, start - turns)
  // Some end inside the loop or let the pen run out over the top.
  if (chance.happens(0.15)) loop.push(at(0.5 + chance.bell(0.15), chance.between(0.05, 0.25)))
  if (chance.happens(0.1)) loop.unshift(at(chance.between(0.6, 0.95), chance.between(-0.12, 0.08)))
  return [chance.happens(0.12) ? loop.toReversed() : loop]
}

function one(chance: Chance): PenPath[] {
  const bow = chance.bell(0.03)
  const stem = [at(0.5, 0), at(0.5 + bow, 0.5), at(0.5, 1)]
  const habit = chance.pick([0.74, 0.16, 0.1])
  if (habit === 0) return [stem]
  const flag = [at(0.5 - chance.between(0.12, 0.38), chance.between(0.1, 0.32)), corner(0.5, 0)]
  const flagged = [...flag, ...stem.slice(1)]
  if (habit === 1) return [flagged]
  const reach = chance.between(0.15, 0.42)
  const base = [
    at(0.5 - reach, 1 + chance.bell(0.02)),
    at(0.5 + reach * chance.between(0.7, 1.3), 1 + chance.bell(0.03)),
  ]
  return [chance.happens(0.7) ? flagged : stem, base]
}

function two(chance: Chance): PenPath[] {
  const top = chance.between(0.2, 0.34)
  const start = chance.between(0.42, 0.62)
  const head = arc({ x: 0.48, y: top, rx: chance.between(0.3, 0.42), ry: top }, start, 1.02)
  if (chance.happens(0.08)) head.unshift(at(chance.between(0.2, 0.35), top + chance.between(0.05, 0.15)))
  const footX = chance.between(0, 0.2)
  const footY = chance.between(0.88, 1)
  const waist = at(0.55 + chance.bell(0.05), chance.between(0.55, 0.68))
  const end = at(chance.between(0.8, 1.1), footY + chance.between(-0.12, 0.08))
  if (chance.happens(0.42)) {
    // The pen loops through the lower left corner.
    const size = chance.between(0.05, 0.14)
    return [
      [
        ...head,
        waist,
        at(footX + 0.22, footY - size * 0.4),
        at(footX + 0.06, footY),
        at(footX - 0.02, footY - size),
        at(footX + 0.1, footY - size * chance.between(1.5, 2.1)),
        at(footX + 0.34, footY - size * 0.6),
        at(chance.between(0.6, 0.7), footY + chance.between(-0.04, 0.06)),
        end,
      ],
    ]
  }
  const base = chance.happens(0.5)
    ? [at(0.5, footY + chance.between(-0.05, 0.02)), end]
    : [
        at(chance.between(0.3, 0.4), footY - chance.between(0, 0.1)),
        at(0.65, footY + chance.between(-0.02, 0.06)),
        end,
      ]
  return [[...head, waist, turn(chance, footX, footY, 0.8), ...base]]
}

function three(chance: Chance): PenPath[] {
  const middleY = chance.between(0.4, 0.52)
  const middle = { x: chance.between(0.3, 0.5), y: middleY }
  const lowerRight = chance.between(0.75, 0.98)
  const lower = [
    at(lowerRight - 0.1, middleY + (1 - middleY) * 0.17),
    at(lowerRight, middleY + (1 - middleY) * 0.48),
    at(lowerRight - 0.14, 1 - (1 - middleY) * 0.13),
    at(0.42 + chance.bell(0.05), 1),
    at(chance.between(0, 0.16), chance.between(0.8, 0.97)),
  ]
  if (chance.happens(0.12)) {
    // A flat top, as on a price tag.
    const right = chance.between(0.72, 0.92)
    return [
      [
        at(0.1, chance.between(0, 0.06)),
        corner(right, chance.between(-0.02, 0.05)),
        turn(chance, middle.x, middleY - 0.02, 0.8),
        ...lower,
      ],
    ]
  }
  const upperRight = chance.between(0.66, 0.88)
  const upper = [
    at(chance.between(0.02, 0.2), chance.between(0.06, 0.24)),
    at(0.22 + chance.bell(0.03), 0.05),
    at(0.45 + chance.bell(0.04), 0),
    at(upperRight - 0.06, middleY * 0.17),
    at(upperRight, middleY * 0.46),
    at(upperRight - 0.14, middleY * 0.82),
  ]
  const habit = chance.pick([0.5, 0.3, 0.2])
  if (habit === 0) return [[...upper, corner(middle.x, middleY), ...lower]]
  if (habit === 1) return [[...upper, at(middle.x, middleY), ...lower]]
  const size = chance.between(0.03, 0.08)
  return [
    [
      ...upper,
      at(middle.x, middleY + size * 0.6),
      at(middle.x - size * 1.6, middleY),
      at(middle.x, middleY - size),
      at(middle.x + 0.16, middleY + size * 0.5),
      ...lower,
    ],
  ]
}

function four(chance: Chance): PenPath[] {
  const barY = chance.between(0.46, 0.68)
  const stemX = chance.between(0.62, 0.82)
  const foot = at(stemX + chance.bell(0.06), 1)
  const leftX = chance.between(0, 0.14)
  const habit = chance.pick([0.3, 0.26, 0.3, 0.14])
  if (habit === 0) {
    // Open: an L and a stem across it.
    const barEnd = at(stemX + chance.between(0.04, 0.34), barY + chance.bell(0.04))
    const top = at(leftX + chance.between(0.02, 0.28), chance.between(0, 0.1))
    const left = [
      top,
      at(leftX + chance.between(0.02, 0.1), barY * 0.55),
      turn(chance, leftX, barY, 0.6),
      barEnd,
    ]
    const stemTop = at(stemX + chance.bell(0.06), chance.between(-0.02, 0.22))
    return [left, [stemTop, foot]]
  }
  if (habit === 1) {
    // Closed: the slanting stroke starts where the stem does.
    const barEnd = at(stemX + chance.between(0.06, 0.36), barY + chance.bell(0.04))
    const peak = at(stemX + chance.between(-0.06, 0.04), 0)
    const slope = [
      peak,
      at(stemX * 0.52, barY * chance.between(0.45, 0.6)),
      turn(chance, leftX, barY, 0.8),
      barEnd,
    ]
    return [slope, [at(stemX + chance.bell(0.03), chance.between(-0.04, 0.06)), foot]]
  }
  const bowlY = barY + chance.between(-0.04, 0.06)
  const bowl = [
    at(leftX + chance.between(0, 0.16), chance.between(-0.02, 0.12)),
    at(leftX + chance.between(-0.02, 0.06), bowlY * 0.6),
    at(leftX + 0.1, bowlY * 0.94),
    at(leftX + 0.3, bowlY + chance.bell(0.02)),
  ]
  const rise = at(stemX - chance.between(0.04, 0.16), bowlY * chance.between(0.7, 0.95))
  const stemTop = at(stemX + chance.bell(0.05), chance.between(-0.02, 0.2))
  // A bowl, then the stem beside it: apart, or without lifting the pen.
  if (habit === 2)
    return [
      [...bowl, rise, at(stemX + chance.between(0, 0.06), bowlY * 0.75)],
      [stemTop, foot],
    ]
  return [[...bowl, rise, corner(stemTop.x, stemTop.y), at(stemX + chance.bell(0.02), 0.5), foot]]
}

function five(chance: Chance): PenPath[] {
  const left = chance.between(0.12, 0.3)
  const shoulderY = chance.between(0.34, 0.5)
  const right = chance.between(0.7, 0.95)
  const belly = [
    at(chance.between(0.42, 0.54), shoulderY - chance.between(0.02, 0.1)),
    at(right - 0.1, shoulderY + 0.08),
    at(right, shoulderY + (1 - shoulderY) * 0.45),
    at(right - 0.15, 0.93),
    at(0.42 + chance.bell(0.05), 1),
    at(chance.between(-0.05, 0.15), chance.between(0.82, 0.98)),
  ]
  const barY = chance.between(0, 0.1)
  const barEnd = at(chance.between(0.72, 1.15), barY + chance.between(-0.14, 0.06))
  const habit = chance.pick([0.5, 0.32, 0.18])
  if (habit === 0) {
    const shoulder = turn(chance, left - chance.between(0, 0.08), shoulderY, 0.65)
    return [
      [
        barEnd,
        at((barEnd.x + left) / 2, (barEnd.y + barY) / 2),
        turn(chance, left, barY + 0.02, 0.75),
        shoulder,
        ...belly,
      ],
    ]
  }
  if (habit === 1) {
    // The bar comes last, and may miss the body.
    const gap = chance.between(-0.03, 0.12)
    const body = [
      at(left, barY + 0.02),
      turn(chance, left - chance.between(0, 0.08), shoulderY, 0.65),
      ...belly,
    ]
    return [body, [at(left + gap, barY + chance.bell(0.03)), barEnd]]
  }
  // One flowing line, like an S.
  return [
    [
      barEnd,
      at(0.5, barY - 0.01),
      at(left, shoulderY * 0.5),
      at(left + 0.08, shoulderY * 0.95),
      at(0.5, shoulderY + 0.06),
      ...belly.slice(2),
    ],
  ]
}

function six(chance: Chance): PenPath[] {
  const topX = chance.between(0.45, 0.9)
  const loopTop = chance.between(0.42, 0.68)
  const left = chance.between(0.05, 0.18)
  const right = chance.between(0.66, 0.95)
  const bow = chance.between(-0.04, 0.12)
  const close = chance.between(-0.06, 0.16)
  const path = [
    at(topX, chance.between(0, 0.06)),
    at((topX + left) / 2 - bow, 0.22 + chance.bell(0.02)),
    at(left + 0.03 - bow * 0.3, 0.5),
    at(left, 0.74),
    at(left + 0.12, 0.94),
    at((left + right) / 2, 1),
    at(right - 0.08, 0.93),
    at(right, (1 + loopTop) / 2),
    at(right - 0.1, loopTop + 0.06),
    at((left + right) / 2, loopTop),
    at(left + 0.1, loopTop + 0.1),
    at(left + close, loopTop + chance.between(0.14, 0.3)),
  ]
  if (chance.happens(0.12)) path.unshift(at(topX + 0.12, chance.between(0.05, 0.14)))
  return [chance.happens(0.15) ? path.slice(0, -1) : path]
}

function seven(chance: Chance): PenPath[] {
  const right = chance.between(0.74, 0.98)
  const footX = chance.between(0.2, 0.6)
  const barY = chance.between(0, 0.08)
  const cornerKnot = turn(chance, right, barY + chance.between(-0.03, 0.04), 0.72)
  const bow = chance.between(-0.03, 0.13)
  const middle = at((right + footX) / 2 - bow, 0.5 + chance.bell(0.03))
  const foot = at(footX, 1)
  const wave = chance.bell(0.03)
  const top = [at(chance.between(-0.02, 0.12), barY + chance.bell(0.04)), at(0.4, barY + wave)]
  if (chance.happens(0.3)) top.unshift(corner(chance.between(-0.02, 0.1), barY + chance.between(0.08, 0.26)))
  const strokes: PenPath[] = [[...top, cornerKnot, middle, foot]]
  if (chance.happens(0.17)) {
    const reach = chance.between(0.18, 0.34)
    const y = chance.between(0.42, 0.6)
    const x = (right + footX) / 2 - bow
    strokes.push([at(x - reach, y + chance.bell(0.04)), at(x + reach, y + chance.bell(0.04))])
  }
  return strokes
}

function eight(chance: Chance): PenPath[] {
  const waist = chance.between(0.4, 0.54)
  const upper = chance.between(0.22, 0.36)
  const lower = chance.between(0.24, 0.4)
  const habit = chance.pick([0.72, 0.1, 0.18])
  const x = 0.5
  if (habit === 1) {
    const head = arc(
      { x, y: waist / 2, rx: upper, ry: waist / 2, growth: chance.bell(0.06) },
      0.25,
      0.25 - 1.03,
    )
    const body = arc(
      { x: x + chance.bell(0.04), y: (1 + waist) / 2, rx: lower, ry: (1 - waist) / 2 },
      0.75,
      0.75 - 1.04,
    )
    return [head, body]
  }
  const endX = x + upper * chance.between(0.5, 1.1)
  const startX = x + upper * chance.between(0.4, 1.1)
  const startY = waist * chance.between(0.1, 0.4)
  const sPart = [
    at(startX, startY),
    at(x + upper * 0.3, 0.01),
    at(x - upper * 0.55, waist * 0.12),
    at(x - upper, waist * 0.45),
    at(x - upper * 0.45, waist * 0.82),
    at(x + chance.bell(0.04), waist),
    at(x + lower * 0.7, waist + (1 - waist) * 0.22),
    at(x + lower, waist + (1 - waist) * 0.55),
    at(x + lower * 0.6, 1 - (1 - waist) * 0.1),
    at(x - lower * 0.1, 1),
    at(x - lower * 0.85, 1 - (1 - waist) * 0.2),
    at(x - lower * 0.9, waist + (1 - waist) * 0.5),
    at(x - lower * 0.3, waist + (1 - waist) * 0.12),
  ]
  const back = [at(x + upper * 0.5, waist * 0.7), at(endX, startY + waist * chance.between(0, 0.2))]
  // Some close the ring, some leave the top open.
  if (habit === 0) back.push(at(startX - 0.02, startY + chance.bell(0.04)))
  return [[...sPart, ...back]]
}

function nine(chance: Chance): PenPath[] {
  const loopHeight = chance.between(0.38, 0.6)
  const right = chance.between(0.68, 0.9)
  const left = chance.between(0.02, 0.16)
  const middle = (left + right) / 2
  const footX = chance.pick([0.6, 0.4]) === 0 ? right - chance.between(-0.08, 0.2) : chance.between(0.2, 0.5)
  const loop = [
    at(right - chance.between(0.02, 0.12), loopHeight * chance.between(0.08, 0.3)),
    at(middle + 0.06, 0),
    at(left + 0.1, loopHeight * 0.18),
    at(left, loopHeight * 0.58),
    at(left + 0.14, loopHeight * 0.95),
    at(middle, loopHeight),
    at(right - 0.12, loopHeight * chance.between(0.66, 0.9)),
  ]
  const top = turn(chance, right + chance.bell(0.03), loopHeight * chance.between(0.05, 0.35), 0.55)
  const tail = [at(right * 0.6 + footX * 0.4 + chance.between(0, 0.05), 0.62), at(footX, 1)]
  if (chance.happens(0.12)) tail.push(at(footX - chance.between(0.14, 0.3), chance.between(0.86, 0.98)))
  return [[...loop, top, ...tail]]
}
