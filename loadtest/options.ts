/** `--name value` pairs of a command line. Numbers must be finite and at least 0. @throws naming what is wrong */
export function readOptions<N extends Readonly<Record<string, number | string | null>>>(
  args: readonly string[],
  defaults: N,
): { [K in keyof N]: N[K] extends number ? number : N[K] } {
  const options: Record<string, number | string | null> = { ...defaults }
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]!.replace(/^--/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const value = args[i + 1]
    if (!args[i]!.startsWith('--') || !(name in defaults) || value === undefined) {
      throw new Error(
        `unknown option ${args[i]}: give ${Object.keys(defaults).map(dashed).join(', ')}, each with a value`,
      )
    }
    options[name] = typeof defaults[name] === 'number' ? numberOf(args[i]!, value) : value
  }
  return options as { [K in keyof N]: N[K] extends number ? number : N[K] }
}

const dashed = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function numberOf(name: string, value: string): number {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new Error(`${name} must be a number, not ${value}`)
  return number
}
