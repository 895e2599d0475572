/** A difference of two shares in percentage points with its sign: "+0.12", "−0.30", "0.00". */
export function pointsText(difference: number): string {
  const points = Math.round(difference * 10_000) / 100
  const digits = Math.abs(points).toFixed(2)
  return points === 0 ? digits : `${points > 0 ? '+' : '−'}${digits}`
}
