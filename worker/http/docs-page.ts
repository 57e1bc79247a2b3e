/** The OpenAPI document as a page to read: one file, no script, nothing fetched from elsewhere. */

import { html, raw } from 'hono/html'
import type { OpenApi, Operation } from './openapi.ts'

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1a1a2e; background: #fff }
h2 { margin-top: 2.5rem }
nav a { margin-right: 1rem }
details { border: 1px solid #ccd; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer }
b { display: inline-block; min-width: 4.5rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #f4f4f8; overflow-x: auto; padding: .8rem; border-radius: 6px }
table { border-collapse: collapse } td, th { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top }
@media (prefers-color-scheme: dark) {
  body { color: #e8e8f0; background: #16161e } a { color: #9db4ff } pre { background: #22222e } details { border-color: #445 }
}`

type Html = ReturnType<typeof html>

export async function renderDocs(document: OpenApi): Promise<Response> {
  const { info, tags, paths, components } = document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const page = await html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${info.title} API</title>
<style>${raw(STYLE)}</style></head>
<body>
<h1>${info.title} API</h1>
<p>${info.description}</p>
<p>The same for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI ${document.openapi}).</p>
<nav>${tags.map(({ name }) => html`<a href="#${anchorOf(name)}">${name}</a>`)}<a href="#schemas">Schemas</a></nav>
${tags.map(
  ({ name }) => html`<section id="${anchorOf(name)}"><h2>${name}</h2>
${operations
  .filter(({ operation }) => operation.tags.includes(name))
  .map(({ path, method, operation }) => renderOperation(path, method, operation))}</section>`,
)}
<section id="schemas"><h2>Schemas</h2>
${Object.entries(components.schemas).map(
  ([name, schema]) =>
    html`<details id="schema-${name}"><summary><code>${name}</code></summary>${renderSchema(schema)}</details>`,
)}</section>
</body></html>`
  return new Response(page, {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${await digest(STYLE)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'Cache-Control': 'public, max-age=300',
    },
  })
}

const renderOperation = (path: string, method: string, operation: Operation): Html => html`
<details id="${operation.operationId}"><summary><b>${method.toUpperCase()}</b> <code>${path}</code> ${operation.summary}</summary>
<p>${operation.description}</p>
${
  operation.parameters &&
  html`<table><tr><th>Parameter</th><th>In</th><th>Required</th><th>Is</th></tr>
${operation.parameters.map(
  ({
    name,
    in: place,
    required,
    schema,
    description,
  }) => html`<tr><td><code>${name}</code></td><td>${place}</td>
<td>${required ? 'yes' : 'no'}</td><td>${description ?? html`<code>${JSON.stringify(schema)}</code>`}</td></tr>`,
)}</table>`
}
${Object.entries(operation.requestBody?.content ?? {}).map(
  ([type, { schema }]) => html`<h3>Body, <code>${type}</code></h3>${renderSchema(schema)}`,
)}
${Object.entries(operation.responses).map(
  ([status, { description, content = {} }]) => html`<h3>${status === 'default' ? 'Otherwise' : status}</h3>
<p>${description}</p>${Object.values(content).map(({ schema }) => renderSchema(schema))}`,
)}
</details>`

/** As it stands in the document, with its references as links. */
function renderSchema(schema: object): Html {
  const parts = JSON.stringify(schema, null, 2).split(/"#\/components\/schemas\/([^"]+)"/)
  return html`<pre>${parts.map((part, at) => (at % 2 === 1 ? html`<a href="#schema-${part}">${part}</a>` : part))}</pre>`
}

const anchorOf = (name: string): string => name.toLowerCase().replaceAll(' ', '-')

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...bytes))
}
