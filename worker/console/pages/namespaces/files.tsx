/** The files of a namespace, to look at: folders, and what a file of text holds. They are changed by deployments. */

import * as v from 'valibot'
import { type FilePath, parseFilePath, ROOT } from '../../../../shared/file-path.ts'
import type { FileAttributes } from '../../../../shared/wire/files.ts'
import { listDirectory, statPath } from '../../../files/directories.ts'
import { EXCERPT_BYTES, readExcerpt } from '../../../files/excerpt.ts'
import { readFile } from '../../../files/single.ts'
import { permit } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Pager, Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { NamespacePage, namespaceParams } from './namespace.tsx'
import { sizeOf } from './size.ts'

/** A page of a folder. */
const SIZE = 100

export const filesPage = page({
  path: '/:tenant/namespaces/:namespace',
  access: permit('NAMESPACE_FILE:LIST'),
  params: namespaceParams,
  query: v.object({
    path: v.fallback(v.optional(v.string(), '/'), '/'),
    page: v.fallback(v.pipe(v.optional(v.string(), '1'), v.regex(/^[1-9]\d{0,4}$/), v.transform(Number)), 1),
  }),
  show: async ({ edge, params, query, now, visit }) => {
    const path = parseFilePath(query.path)
    if (!path.ok) return { code: 'path_refused', reason: path.error }
    const found = await statPath(edge.db, params, path.value, now)
    if (!found.ok) return found.error
    if (found.value.type === 'Directory') {
      const children = await listDirectory(edge.db, params, path.value)
      if (!children.ok) return children.error
      return (
        <Folder
          namespace={params.namespace}
          path={path.value}
          entries={inOrder(children.value)}
          number={query.page}
        />
      )
    }
    if (!may(visit, 'NAMESPACE_FILE:VIEW', params.namespace)) {
      return { code: 'permission_missing', permission: 'NAMESPACE_FILE:VIEW', namespace: params.namespace }
    }
    const file = await readFile(edge, params, path.value)
    if (!file.ok) return file.error
    const { size, text } = await readExcerpt(file.value.body, file.value.size)
    return <File namespace={params.namespace} path={path.value} size={size} text={text} />
  },
})

/** Folders first. */
const inOrder = (entries: readonly FileAttributes[]): FileAttributes[] =>
  entries.toSorted((a, b) =>
    a.type === b.type ? (a.fileName < b.fileName ? -1 : 1) : a.type === 'Directory' ? -1 : 1,
  )

interface FolderProps {
  readonly namespace: string
  readonly path: FilePath
  readonly entries: readonly FileAttributes[]
  readonly number: number
}

function Folder({ namespace, path, entries, number }: FolderProps) {
  const visit = useVisit()
  const own = at(visit, 'namespaces', namespace)
  const hrefOf = (name: string) => `${own}?path=${encodeURIComponent(`${path === ROOT ? '' : path}/${name}`)}`
  const shown = entries.slice((number - 1) * SIZE, number * SIZE)
  return (
    <NamespacePage namespace={namespace} tab="files" {...(path === ROOT ? {} : { part: path })}>
      <section class="card">
        {entries.length === 0 ? (
          <Empty icon="folder">No files yet. A deployment brings them here.</Empty>
        ) : (
          <Table
            caption={`Files in ${path}`}
            rows={shown}
            columns={[
              {
                label: 'Name',
                show: ({ fileName, type }) => (
                  <span class="check">
                    <Icon name={type === 'Directory' ? 'folder' : 'list'} />
                    <a class="row" href={hrefOf(fileName)}>
                      <bdi>{type === 'Directory' ? `${fileName}/` : fileName}</bdi>
                    </a>
                  </span>
                ),
              },
              { label: 'Size', isNumber: true, show: ({ type, size }) => type === 'File' && sizeOf(size) },
              { label: 'Changed', show: ({ lastModifiedTime }) => <When at={lastModifiedTime} /> },
            ]}
          />
        )}
        <Pager query={{ page: number, size: SIZE }} total={entries.length} shown={shown.length} />
      </section>
    </NamespacePage>
  )
}

interface FileProps {
  readonly namespace: string
  readonly path: FilePath
  readonly size: number
  readonly text: string | undefined
}

function File({ namespace, path, size, text }: FileProps) {
  const { tenant } = useVisit()
  const raw = `/api/v1/${tenant}/namespaces/${namespace}/files?path=${encodeURIComponent(path)}`
  return (
    <NamespacePage
      namespace={namespace}
      tab="files"
      part={path}
      actions={
        <a class="button" href={raw} download={path.split('/').at(-1)}>
          <Icon name="download" />
          Download
        </a>
      }
    >
      <p class="muted">{sizeOf(size)}</p>
      {text === undefined ? (
        <Notice tone="info">This is no text, or not in UTF-8. Download it to look at it.</Notice>
      ) : (
        <>
          {size > EXCERPT_BYTES && <Notice tone="info">{`The first ${sizeOf(EXCERPT_BYTES)} of it.`}</Notice>}
          <section class="code" aria-label={`Content of ${path}`}>
            <pre tabindex={0}>{text}</pre>
          </section>
        </>
      )}
    </NamespacePage>
  )
}
