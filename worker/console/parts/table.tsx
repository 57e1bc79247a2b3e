/**
 * Lists: a table whose rows become cards where there is no room for columns. The roles are said aloud, since a browser
 * forgets a table's own where its parts are laid out otherwise.
 */

import type { Child } from 'hono/jsx'
import type { ListQuery } from '../../../shared/wire/list.ts'
import { useVisit, withQuery } from '../visit.ts'
import { Icon } from './icon.tsx'

export interface Column<Row> {
  readonly label: string
  readonly show: (row: Row) => Child
  /** By which field the list can be sorted. */
  readonly sort?: string
  readonly isNumber?: boolean
  /** What the reader may not see is not a column. */
  readonly isHidden?: boolean
  /** For buttons and menus: above the link that covers the row. The label is for those who do not see. */
  readonly isAbove?: boolean
}

interface TableProps<Row> {
  /** What the table lists. */
  readonly caption: string
  /** The first is the row's own heading. */
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly query?: Pick<ListQuery, 'sort'>
  /** What has just been made, to be found at once. */
  readonly isFresh?: (row: Row) => boolean
}

export function Table<Row>({ caption, columns: all, rows, query, isFresh }: TableProps<Row>) {
  const columns = all.filter(({ isHidden }) => !isHidden)
  const [head, ...others] = columns
  return (
    <div class="listing">
      <table role="table" aria-label={caption}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Heading column={column} query={query} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" class={isFresh?.(row) ? 'fresh' : undefined}>
              <th role="rowheader" scope="row">
                {head?.show(row)}
              </th>
              {others.map(({ label, show, isNumber, isAbove }) => {
                const shown = show(row)
                return (
                  <td role="cell" class={classOf({ isNumber, isAbove, isVoid: !shown && shown !== 0 })}>
                    {!isAbove && (
                      <span class="label" aria-hidden="true">
                        {label}
                      </span>
                    )}
                    {shown}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const classOf = (is: {
  isNumber: boolean | undefined
  isAbove: boolean | undefined
  isVoid: boolean
}): string | undefined =>
  [is.isNumber ? 'number' : '', is.isAbove ? 'above' : '', is.isVoid ? 'void' : '']
    .filter(Boolean)
    .join(' ') || undefined

function Heading<Row>({
  column: { label, sort, isNumber, isAbove },
  query,
}: {
  readonly column: Column<Row>
  readonly query: Pick<ListQuery, 'sort'> | undefined
}) {
  const { path } = useVisit()
  const sorted = sort === undefined ? undefined : query?.sort.find(({ field }) => field === sort)
  const isDescending = sorted?.isDescending
  const next = withQuery(path, {
    sort: `${sort}:${isDescending === false ? 'desc' : 'asc'}`,
    page: undefined,
  })
  return (
    <th
      role="columnheader"
      scope="col"
      class={isNumber ? 'number' : undefined}
      aria-sort={isDescending === undefined ? undefined : isDescending ? 'descending' : 'ascending'}
    >
      {sort === undefined ? (
        <span class={isAbove ? 'visually-hidden' : undefined}>{label}</span>
      ) : (
        <a href={next}>
          {label}
          {isDescending !== undefined && <Icon name={isDescending ? 'down' : 'up'} size={12} />}
        </a>
      )}
    </th>
  )
}

/** Below a list: which rows these are, and the way to the others. */
export function Pager({
  query,
  total,
  shown,
}: {
  query: Pick<ListQuery, 'page' | 'size'>
  total: number
  shown: number
}) {
  const { path } = useVisit()
  const { page, size } = query
  const pages = Math.max(1, Math.ceil(total / size))
  const first = (page - 1) * size + 1
  const number = new Intl.NumberFormat('en').format
  return (
    <footer>
      <span>
        {shown === 0
          ? `0 of ${number(total)}`
          : `${number(first)}–${number(first + shown - 1)} of ${number(total)}`}
      </span>
      <nav class="actions" aria-label="Pages">
        <Step label="Previous" href={page > 1 ? withQuery(path, { page: String(page - 1) }) : undefined} />
        <span>{`Page ${number(page)} of ${number(pages)}`}</span>
        <Step label="Next" href={page < pages ? withQuery(path, { page: String(page + 1) }) : undefined} />
      </nav>
    </footer>
  )
}

function Step({ label, href }: { readonly label: string; readonly href: string | undefined }) {
  if (href === undefined) {
    return <span class="button small off">{label}</span>
  }
  return (
    <a class="button small" href={href}>
      {label}
    </a>
  )
}

/** Above a list: a text to look for. It starts at the first page, and keeps the rest of the address. */
export function Search({ label, value }: { readonly label: string; readonly value: string | undefined }) {
  const { path } = useVisit()
  const url = new URL(path, 'https://console.invalid')
  const kept = [...url.searchParams].filter(([name]) => name !== 'q' && name !== 'page')
  return (
    <search>
      <form class="search" action={url.pathname}>
        <label class="visually-hidden" for="q">
          {label}
        </label>
        <Icon name="search" />
        <input
          id="q"
          name="q"
          type="search"
          value={value}
          placeholder={label}
          autocomplete="off"
          data-key="/"
        />
        <kbd>/</kbd>
        {kept.map(([name, one]) => (
          <input type="hidden" name={name} value={one} />
        ))}
      </form>
    </search>
  )
}

/** Above a list: parts of it, by one parameter of the address. */
export function Segments({
  label,
  parameter,
  options,
}: {
  readonly label: string
  readonly parameter: string
  /** The first is the one without the parameter. */
  readonly options: readonly { readonly value?: string; readonly label: string }[]
}) {
  const { path } = useVisit()
  const current = new URL(path, 'https://console.invalid').searchParams.get(parameter) ?? undefined
  return (
    <nav class="segments" aria-label={label}>
      {options.map((one) => (
        <a
          href={withQuery(path, { [parameter]: one.value, page: undefined })}
          aria-current={one.value === current ? 'true' : undefined}
        >
          {one.label}
        </a>
      ))}
    </nav>
  )
}
