/** The console's own files. They are part of the worker, so that page and file always belong to the same version. */

/// <reference path="./files.d.ts" />

import { createHash } from 'node:crypto'
import publicSans from '@fontsource-variable/public-sans/files/public-sans-latin-wght-normal.woff2'
import sourceCodePro from '@fontsource-variable/source-code-pro/files/source-code-pro-latin-wght-normal.woff2'
import script from './assets/console.client.js'
import styles from './assets/console.css'

/** Nothing else begins so: in front of a Kestra all other paths may be Kestra's. */
const PLACE = '/_postern'

/** Fonts stay the same from version to version; the rest says by its name which one it is. */
const named = (name: string, content: string): string => {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return name.replace('.', `-${hash}.`)
}

const files = {
  [named('console.css', styles)]: { content: styles, type: 'text/css; charset=utf-8' },
  [named('console.js', script)]: { content: script, type: 'text/javascript; charset=utf-8' },
  'public-sans.woff2': { content: publicSans, type: 'font/woff2' },
  'source-code-pro.woff2': { content: sourceCodePro, type: 'font/woff2' },
}

const [stylesName = '', scriptName = '', fontName = ''] = Object.keys(files)
export const STYLES = `${PLACE}/${stylesName}`
export const SCRIPT = `${PLACE}/${scriptName}`
/** The one face worth fetching before the styles ask for it. */
export const FONT = `${PLACE}/${fontName}`

export const ASSETS = Object.entries(files).map(([name, { content, type }]) => ({
  path: `${PLACE}/${name}`,
  serve: () =>
    new Response(content, {
      headers: {
        'Content-Type': type,
        'Cache-Control': 'public, max-age=31536000, immutable',
        'Cross-Origin-Resource-Policy': 'same-origin',
      },
    }),
}))
