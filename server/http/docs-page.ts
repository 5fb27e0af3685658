import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PAGE_POLICY } from '../../ports/http/security-headers.ts'
import { type StaticFile, staticFile } from './static-files.ts'

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Oxo: REST API</title>
    <link rel="icon" type="image/png" href="/docs/favicon.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <noscript>This page needs JavaScript; the same is in <a href="/openapi.json">/openapi.json</a>.</noscript>
    <script src="/docs/swagger-ui.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

/** `validatorUrl: null`: no badge from another host. */
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null })
`

/** The documentation page and all that it loads, by path. It needs nothing inline: Swagger UI sets its styles through the DOM. */
export function docsFiles(): ReadonlyMap<string, StaticFile> {
  const text = (content: string) => new TextEncoder().encode(content)
  const file = (name: string, content: Uint8Array) => staticFile(name, content, PAGE_POLICY)
  return new Map([
    ['/docs', file('index.html', text(PAGE))],
    ['/docs/start.js', file('start.js', text(START))],
    ['/docs/swagger-ui.js', file('swagger-ui.js', fromPackage('swagger-ui-bundle.js'))],
    ['/docs/swagger-ui.css', file('swagger-ui.css', fromPackage('swagger-ui.css'))],
    ['/docs/favicon.png', file('favicon.png', fromPackage('favicon-32x32.png'))],
  ])
}

const fromPackage = (name: string): Uint8Array =>
  readFileSync(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)))
