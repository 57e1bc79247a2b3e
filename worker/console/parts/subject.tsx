/** Who holds something: an account of either kind or a group, each with its sign. */

import type { BindingInFull } from '../../access/bindings.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import type { Subject } from '../../accounts/subjects.ts'
import { at, type Visit } from '../visit.ts'
import { Icon, type IconName } from './icon.tsx'

type Kind = Subject['kind']

const ICONS: Readonly<Record<Kind, IconName>> = { USER: 'user', SERVICE_ACCOUNT: 'bot', GROUP: 'users' }
const WORDS: Readonly<Record<Kind, string>> = {
  USER: 'User',
  SERVICE_ACCOUNT: 'Service account',
  GROUP: 'Group',
}
const PLACES: Readonly<Record<Kind, string>> = {
  USER: 'users',
  SERVICE_ACCOUNT: 'service-accounts',
  GROUP: 'groups',
}

/** The address of its own pages. */
export const subjectAt = (
  visit: Visit,
  { kind, id }: Pick<Subject, 'kind' | 'id'>,
  ...rest: string[]
): string => at(visit, 'iam', PLACES[kind], id, ...rest)

/** As addresses name it: `USER.id` or `GROUP.id`, since a binding calls accounts of both kinds a user. */
export const subjectKey = ({ kind, id }: Pick<Subject, 'kind' | 'id'>): string =>
  `${kind === 'GROUP' ? 'GROUP' : 'USER'}.${id}`

export function subjectOf({
  account,
  group,
}: BindingInFull): Pick<Subject, 'kind' | 'id' | 'name' | 'detail'> {
  if (group) return { kind: 'GROUP', id: group.id, name: group.name, detail: '' }
  if (!account) return { kind: 'USER', id: '', name: '', detail: '' }
  const { kind, id, name } = account
  const ownName = displayNameOf(account)
  return { kind, id, name, detail: ownName === name ? '' : ownName }
}

/** The sign says the kind in a word to those who do not see it. */
export function SubjectName({
  subject: { kind, name, detail },
  href,
  isRow,
}: {
  readonly subject: Pick<Subject, 'kind' | 'name' | 'detail'>
  readonly href?: string | undefined
  /** The link covers its row. */
  readonly isRow?: boolean
}) {
  return (
    <span class="subject">
      <span title={WORDS[kind]}>
        <Icon name={ICONS[kind]} />
        <span class="visually-hidden">{`${WORDS[kind]} `}</span>
      </span>
      <span class="two">
        {href === undefined ? (
          <bdi>{name}</bdi>
        ) : (
          <a class={isRow ? 'row' : undefined} href={href}>
            <bdi>{name}</bdi>
          </a>
        )}
        {detail && <bdi>{detail}</bdi>}
      </span>
    </span>
  )
}
