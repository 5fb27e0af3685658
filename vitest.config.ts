import { defineConfig } from 'vitest/config'

/** In-process tests of the processes and libraries; `main.ts` files are what the tests from outside start. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['kit', 'game', 'protocol', 'ports', 'server', 'matchmaker', 'api', 'client'].map(
        (folder) => `${folder}/**/*.ts`,
      ),
      exclude: ['**/main.ts', '**/*.test.ts', '**/*.contract.ts', '**/test-*.ts', '**/vectors/**', 'protocol/fuzz.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        lines: 90,
        statements: 90,
        'game/**': { lines: 100, statements: 100, functions: 100, branches: 100 },
      },
    },
  },
})
