import type { Point } from './frontier.ts'

export interface Line {
  readonly label: string
  readonly color: string
  readonly points: readonly Point[]
}

const WIDTH = 720
const HEIGHT = 420
const FRAME = { left: 70, right: 20, top: 20, bottom: 60 } as const
const WAIT_TICKS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
const GAP_TICKS = [2, 5, 10, 20, 50, 100, 200, 400]

/** Mean rating gap over mean wait, both axes logarithmic, as an SVG of its own. */
export function plot(lines: readonly Line[]): string {
  const x = scale(WAIT_TICKS_S, FRAME.left, WIDTH - FRAME.right)
  const y = scale(GAP_TICKS, HEIGHT - FRAME.bottom, FRAME.top)
  const bottom = HEIGHT - FRAME.bottom
  const grid = [
    ...WAIT_TICKS_S.map(
      (s) =>
        `<path d="M${x(s)} ${FRAME.top}V${bottom}" class="grid"/><text x="${x(s)}" y="${bottom + 18}" text-anchor="middle">${s}</text>`,
    ),
    ...GAP_TICKS.map(
      (gap) =>
        `<path d="M${FRAME.left} ${y(gap)}H${WIDTH - FRAME.right}" class="grid"/><text x="${FRAME.left - 8}" y="${y(gap) + 4}" text-anchor="end">${gap}</text>`,
    ),
  ]
  const drawn = lines.flatMap(({ label, color, points }, i) => {
    const sorted = points.toSorted((a, b) => a.meanWaitS - b.meanWaitS)
    const at = sorted.map(({ meanWaitS, meanGap }) => `${x(meanWaitS)} ${y(meanGap)}`)
    const dots = sorted.map(
      ({ meanWaitS, meanGap }) => `<circle cx="${x(meanWaitS)}" cy="${y(meanGap)}" r="4" fill="${color}"/>`,
    )
    const legendY = FRAME.top + 18 + 18 * i
    return [
      `<path d="M${at.join('L')}" fill="none" stroke="${color}" stroke-width="2"/>`,
      ...dots,
      `<circle cx="${WIDTH - 285}" cy="${legendY - 4}" r="4" fill="${color}"/><text x="${WIDTH - 273}" y="${legendY}">${label}</text>`,
    ]
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Mean rating gap over mean wait">
<style>text{font:13px sans-serif;fill:#333}.grid{stroke:#ddd;fill:none}</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...grid, ...drawn].join('\n')}
<text x="${(FRAME.left + WIDTH - FRAME.right) / 2}" y="${HEIGHT - 16}" text-anchor="middle">mean wait, s</text>
<text transform="translate(18 ${(FRAME.top + bottom) / 2}) rotate(-90)" text-anchor="middle">mean rating gap</text>
</svg>
`
}

/** Logarithmic, from the first tick to the last. */
function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [first, last] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)]
  return (value) => Math.round((from + ((Math.log(value) - first) / (last - first)) * (to - from)) * 10) / 10
}
