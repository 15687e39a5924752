/**
 * √(x² + y²), the length the rotations need.
 * The plain formula where squares stay in range, scaled by the larger one where not; the same on every platform, unlike the host's hypot.
 * It must not know what it measures.
 */

/** √(x² + y²) without overflow or harmful underflow. */
export function length(x: number, y: number): number {
  const square = x * x + y * y
  if (square > 1e-280 && square < 1e300) return Math.sqrt(square)
  const a = Math.abs(x)
  const b = Math.abs(y)
  const large = a > b ? a : b
  const small = a > b ? b : a
  if (large === 0 || large === Infinity) return large
  const ratio = small / large
  return large * Math.sqrt(1 + ratio * ratio)
}
