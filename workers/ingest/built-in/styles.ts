/**
 * How people write each digit. One function a digit; the habits it draws (a bar, a serif, a loop, an open top …) are written
 * out as knots, so that the file reads as a copybook. Longer than 250 lines because a copybook is: ten digits, side by side.
 */
import type { Chance } from './chance'
import { arc, at, corner, type Knot, type PenPath } from './pen-path'

/** By digit: the strokes of one hand, drawn from the habits of many. */
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
  const start = 0.75 + chance.bell(0.09)
  const turns = 1 + chance.between(-0.06, 0.2)
  const ellipse = { x: 0.5, y: 0.5, rx: chance.between(0.3, 0.66), ry: 0.5, growth: chance.bell(0.13) }
  const loop = arc(ellipse, start, start - turns)
  // Some end inside the loop or let the pen run out over the top.
  if (chance.happens(0.22)) loop.push(at(0.5 + chance.bell(0.2), chance.between(0.02, 0.32)))
  if (chance.happens(0.12)) loop.unshift(at(chance.between(0.3, 0.95), chance.between(-0.12, 0.12)))
  return [chance.happens(0.12) ? loop.toReversed() : loop]
}

function one(chance: Chance): PenPath[] {
  const bow = chance.bell(0.03)
  const stem = [at(0.5, 0), at(0.5 + bow, 0.5), at(0.5, 1)]
  const habit = chance.pick([0.8, 0.12, 0.08])
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
  const top = chance.between(0.18, 0.36)
  const footX = chance.between(-0.05, 0.2)
  const footY = chance.between(0.86, 1)
  const end = at(chance.between(0.6, 1.4), footY + chance.between(-0.28, 0.12))
  const base = chance.happens(0.5)
    ? [at((footX + end.x) / 2, footY + chance.between(-0.06, 0.03)), end]
    : [
        at(footX + 0.28, footY - chance.between(0, 0.14)),
        at((end.x + 0.6) / 2, footY + chance.between(-0.04, 0.08)),
        end,
      ]
  if (chance.happens(0.1)) {
    // Like a Z.
    const right = chance.between(0.72, 0.95)
    const topY = chance.between(0, 0.1)
    const head = [
      at(chance.between(0, 0.15), topY + chance.between(0, 0.1)),
      at(0.45, topY),
      turn(chance, right, topY + 0.02),
    ]
    return [[...head, at((right + footX) / 2 + 0.05, 0.5), turn(chance, footX, footY, 0.8), ...base]]
  }
  const start = chance.between(0.4, 0.64)
  const narrow = chance.happens(0.15)
  const rx = narrow ? chance.between(0.14, 0.28) : chance.between(0.28, 0.44)
  const head = arc({ x: 0.48, y: top, rx, ry: top }, start, 1.02)
  if (chance.happens(0.12))
    head.unshift(at(0.48 - rx * chance.between(0.2, 0.7), top + chance.between(0.02, 0.15)))
  if (chance.happens(0.48)) {
    // The pen loops through the lower left corner: a small twist, or half of the digit.
    const height = chance.between(0.08, 0.42)
    const cross = chance.between(0.3, 0.5) + height * chance.between(0.3, 0.7)
    const middle = (footX + cross) / 2
    const loop = [
      at(cross + 0.1 + chance.bell(0.03), Math.max(top + 0.1, footY - height - chance.between(0, 0.12))),
      at(cross, footY - height * chance.between(0.3, 0.55)),
      at(middle, footY),
      at(footX, footY - height * chance.between(0.3, 0.6)),
      at(middle, footY - height * chance.between(0.8, 1.05)),
      at(cross, footY - height * chance.between(0.25, 0.55)),
    ]
    const exit = at(Math.max(cross + 0.12, end.x), end.y)
    const dip = (footY - height * 0.3 + exit.y) / 2 + chance.between(-0.05, 0.06)
    return [[...head, ...loop, at((cross + exit.x) / 2, dip), exit]]
  }
  const heel = narrow ? footX + chance.between(0.1, 0.35) : footX
  const waist = at((0.48 + rx + heel) / 2 + 0.08 + chance.bell(0.06), chance.between(0.5, 0.68))
  // A base drawn apart runs on to the left of the stem.
  if (chance.happens(0.1)) {
    const foot = [
      at(heel - chance.between(0.1, 0.3), footY + chance.bell(0.03)),
      at(end.x, footY + chance.bell(0.04)),
    ]
    return [[...head, waist, at(heel, footY)], foot]
  }
  return [[...head, waist, turn(chance, heel, footY, 0.7), ...base.slice(narrow ? 1 : 0)]]
}

function three(chance: Chance): PenPath[] {
  const middleY = chance.between(0.4, 0.52)
  const middle = { x: chance.between(0.3, 0.5), y: middleY }
  const lowerRight = chance.between(0.75, 0.98)
  const lower = [
    at(lowerRight - 0.1, middleY + (1 - middleY) * 0.17),
    at(lowerRight, middleY + (1 - middleY) * 0.48),
    at(lowerRight - 0.14, 1 - (1 - middleY) * 0.13),
  ]
  // Most hook back up to the left, some just run out.
  if (chance.happens(0.8))
    lower.push(at(0.42 + chance.bell(0.05), 1), at(chance.between(-0.08, 0.25), chance.between(0.78, 1)))
  else lower.push(at(chance.between(0.1, 0.5), chance.between(0.96, 1.04)))
  if (chance.happens(0.15)) {
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
    at(chance.between(-0.08, 0.22), chance.between(0.74, 0.98)),
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
  const left = chance.between(0.05, 0.2)
  const right = chance.between(0.62, 1)
  const loopTop = chance.between(0.3, 0.76)
  // A bowed stem comes from the upper right; a straight one stands over the loop's left side.
  const straight = chance.happens(0.4)
  const topX = straight ? left + chance.between(0.05, 0.4) : chance.between(0.45, 0.9)
  const bow = straight ? chance.between(-0.02, 0.04) : chance.between(0, 0.14)
  // Where the ring comes back down: at the stem, or well inside, so that only a small ring closes at the lower right.
  const inner =
    left + (chance.happens(0.55) ? chance.between(0.1, 0.55) : chance.between(-0.12, 0.14)) * (right - left)
  const ringTop = (Math.max(left, inner) + right) / 2
  const path = [
    at(topX, chance.between(-0.02, 0.05)),
    at(topX * 0.5 + left * 0.5 - bow, 0.25 + chance.bell(0.03)),
    at(left + (topX - left) * 0.12 - bow * 0.3, 0.53),
    at(left, 0.76),
    at(left + 0.11, 0.94),
    at((left + right) / 2, 1),
    at(right - 0.08, 0.93),
    at(right, (1 + loopTop) / 2 + chance.bell(0.03)),
    at(right - 0.09, loopTop + 0.06),
    at(ringTop, loopTop + chance.bell(0.02)),
    at(inner + 0.12 * (right - left), loopTop + (1 - loopTop) * chance.between(0.15, 0.3)),
    at(inner, loopTop + (1 - loopTop) * chance.between(0.35, 0.7)),
  ]
  if (chance.happens(0.12)) path.unshift(at(topX + 0.12, chance.between(0.05, 0.14)))
  if (chance.happens(0.15)) return [path.slice(0, -1)]
  if (chance.happens(0.4)) path.push(at(inner + chance.between(-0.02, 0.12), chance.between(0.85, 1.1)))
  return [path]
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
  const left = chance.between(-0.04, chance.happens(0.35) ? 0.5 : 0.12)
  const top = [at(left, barY + chance.bell(0.04)), at((left + right) / 2, barY + wave)]
  if (chance.happens(0.35)) top.unshift(corner(left + chance.bell(0.04), barY + chance.between(0.08, 0.26)))
  const strokes: PenPath[] = [[...top, cornerKnot, middle, foot]]
  if (chance.happens(0.2)) {
    const reach = chance.between(0.16, 0.42)
    const y = chance.between(0.42, 0.6)
    const x = (right + footX) / 2 - bow
    strokes.push([at(x - reach, y + chance.bell(0.04)), at(x + reach, y + chance.bell(0.04))])
  }
  return strokes
}

function eight(chance: Chance): PenPath[] {
  const waist = chance.between(0.36, 0.64)
  const upper = chance.between(0.18, 0.52)
  const lower = chance.between(0.13, 0.48)
  const habit = chance.pick([0.6, 0.1, 0.3])
  const x = 0.5
  if (habit === 1) {
    const head = arc(
      { x, y: waist / 2, rx: upper, ry: waist / 2, growth: chance.bell(0.08) },
      0.25,
      0.25 - 1.03,
    )
    const body = arc(
      { x: x + chance.bell(0.05), y: (1 + waist) / 2, rx: lower, ry: (1 - waist) / 2 },
      0.75,
      0.75 - 1.04,
    )
    return [head, body]
  }
  const startX = x + upper * (chance.happens(0.15) ? chance.between(1.2, 2) : chance.between(0.3, 1.2))
  const startY = waist * chance.between(0, 0.45)
  const around = [
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
    at(x + upper * 0.5, waist * 0.7),
  ]
  // Some close the ring, some leave the top open or run out to the right.
  if (habit === 0)
    around.push(
      at(x + upper * chance.between(0.6, 1.1), startY + waist * chance.between(0.05, 0.2)),
      at(startX - chance.between(0, 0.1), startY + chance.bell(0.05)),
    )
  else around.push(at(x + upper * chance.between(0.8, 2.1), waist * chance.between(-0.15, 0.5)))
  return [chance.happens(0.2) ? around.map((knot) => ({ ...knot, x: 1 - knot.x })) : around]
}

function nine(chance: Chance): PenPath[] {
  const loopHeight = chance.between(0.3, 0.62)
  const right = chance.between(0.62, 0.9)
  const left = chance.between(0.02, 0.2)
  const middle = (left + right) / 2
  const footX = chance.happens(0.6) ? right - chance.between(-0.08, 0.2) : chance.between(0.2, 0.5)
  // The ring starts near the stem, or earlier: then its top stays open.
  const open = chance.happens(0.25) ? chance.between(0.1, 0.3) : chance.between(-0.02, 0.1)
  const loop = [
    at(right - 0.03 - open, loopHeight * chance.between(0.02, 0.3)),
    at(middle + 0.06 - open * 0.4, chance.between(0, 0.04)),
    at(left + 0.1, loopHeight * 0.18),
    at(left, loopHeight * 0.58),
    at(left + 0.14, loopHeight * 0.95),
    at(middle, loopHeight),
    at(right - 0.12, loopHeight * chance.between(0.66, 0.95)),
  ]
  const top = turn(chance, right + chance.bell(0.04), loopHeight * chance.between(0, 0.4), 0.55)
  const tail = [at(right * 0.6 + footX * 0.4 + chance.between(0, 0.06), 0.62), at(footX, 1)]
  if (chance.happens(0.14)) tail.push(at(footX - chance.between(0.14, 0.34), chance.between(0.82, 0.98)))
  return [[...loop, top, ...tail]]
}
