/** From a declared page to an answer: who reads it, may they, what was sent, what is shown. Here and nowhere else. */

import type { Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import { MAX_JSON_BYTES } from '../../shared/limits.ts'
import { TenantId } from '../../shared/names.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { isCsrfToken, SESSION_LIFETIME_MS } from '../accounts/sessions.ts'
import { contextOf } from '../http/authenticate.ts'
import { readBytes } from '../http/body.ts'
import {
  CSRF_COOKIE,
  isFromElsewhere,
  OWN_COOKIE,
  readCookie,
  readTextCookie,
  setCookie,
} from '../http/cookies.ts'
import { type EdgeError, type Problem, toRefusal } from '../http/refusal.ts'
import { refuseAccess } from '../http/refuse-access.ts'
import { type HonoEnv, validate } from '../http/serve.ts'
import type { Trace } from '../http/trace.ts'
import type { RouteName } from '../telemetry/telemetry.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { VerifiedToken } from '../tokens/verify.ts'
import { movedAnswer, pageAnswer } from './answer.ts'
import { ASSETS } from './assets.ts'
import { fieldsOf } from './fields.ts'
import { FLASH_COOKIE, FLASH_LIFETIME_MS, readFlash, writeFlash } from './flash.ts'
import type { Call, Done, Page } from './page.ts'
import { ErrorPage } from './pages/error.tsx'
import { pages } from './pages.ts'
import { readReader } from './reader.ts'
import { isTimeZone } from './times.ts'
import { type Fields, type Theme, type Visit, VisitProvider } from './visit.ts'

type ConsoleContext = Context<HonoEnv>

/**
 * @param base where the console is, without a slash at the end
 * @param filePages of namespace files, where they are Postern's
 */
export function mountConsole(app: Hono<HonoEnv>, base: string, filePages: readonly Page[]): void {
  for (const { path, serve } of ASSETS) app.get(path, serve)
  app.get(base, () => movedAnswer(`${base}/`))
  for (const page of [...pages, ...filePages]) {
    const path = `${base}${page.path}`
    // Named once: what is counted by route is counted by this very object.
    const [looked, sent] = [
      { method: 'GET', path },
      { method: 'POST', path },
    ]
    if (page.show) app.get(path, (c) => look(base, page, c, looked))
    if (page.act) app.post(path, (c) => send(base, page, c, sent))
  }
  const nowhere = { method: '', path: `${base}/*` }
  app.all(nowhere.path, async (c) => {
    const visit = await open(base, c, nowhere)
    return visit instanceof Response ? visit : refuse(visit, { code: 'route_not_found' })
  })
}

interface Opened {
  readonly visit: Visit
  readonly verification: Verification
  /** Absent where nobody is signed in. */
  readonly session?: VerifiedToken
  readonly trace: Trace
  /** For the answer, whatever it is. */
  readonly cookies: Array<(answer: Response) => void>
}

/** The visit as far as it is known before the page is: who reads, where, in which light. */
async function open(
  base: string,
  c: ConsoleContext,
  route: RouteName,
  params: Record<string, string> = {},
): Promise<Opened | Response> {
  const { headers } = c.req.raw
  const url = new URL(c.req.url)
  const ipAddress = c.req.header('CF-Connecting-IP')
  const context = contextOf(ipAddress, c.get('requestId'), Date.now())
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
  const verification = c.env.verifier.begin({ isStrict: true, waitUntil, ipAddress })
  const trace: Trace = { route, isRoutine: route.method === 'GET' }
  c.set('trace', trace)
  const cookie = (name: string) => readTextCookie(headers.get('Cookie'), name)
  const { session, ...reader } = (await readReader(c.env, verification, headers, context)) ?? NOBODY
  const theme = cookie('theme')
  const timeZone = [cookie('tz') ?? '', String(c.req.raw.cf?.timezone ?? '')].find(isTimeZone)
  const flash = readFlash(cookie(FLASH_COOKIE))
  const visit: Visit = {
    base,
    path: `${url.pathname}${url.search}`,
    origin: url.origin,
    tenant: tenantOf(params.tenant, cookie('tenant'), reader.tenants),
    now: context.now,
    timeZone: timeZone ?? 'UTC',
    maxStalenessMs: c.env.maxStalenessMs,
    hasFiles: c.env.kestra === undefined,
    mayReturn: cookie(OWN_COOKIE) !== undefined,
    ...(theme === 'light' || theme === 'dark' ? { theme: theme satisfies Theme } : {}),
    ...(flash ? { flash } : {}),
    ...reader,
  }
  const cookies: Opened['cookies'] = []
  if (flash) cookies.push((answer) => setCookie(answer, FLASH_COOKIE, '', url.origin, 0))
  // For clients that send it back in a header, as Kestra's do.
  if (session) {
    cookies.push((answer) => setCookie(answer, CSRF_COOKIE, visit.csrfToken, url.origin, SESSION_LIFETIME_MS))
  }
  trace.principal = visit.principal
  trace.place = { tenant: params.tenant, namespace: params.namespace }
  const opened: Opened = { visit, verification, trace, cookies, ...(session ? { session } : {}) }
  // A token has no business here, whoever sends it: it is for the API.
  if (headers.has('Authorization')) return refuse(opened, { code: 'console_closed' })
  return opened
}

const NOBODY = { session: undefined, displayName: '', tenants: [], csrfToken: '' } as const

/** The one in the address; else the one that was picked last, as long as it is theirs; else one that is. */
function tenantOf(
  inAddress: string | undefined,
  picked: string | undefined,
  theirs: readonly string[],
): string {
  if (v.is(TenantId, inAddress)) return inAddress
  return [picked, 'main', theirs[0]].find((one) => one !== undefined && theirs.includes(one)) ?? 'main'
}

async function look(base: string, page: Page, c: ConsoleContext, route: RouteName): Promise<Response> {
  const opened = await open(base, c, route, c.req.param())
  if (opened instanceof Response) return opened
  const admitted = await admit(page, c, opened)
  if (admitted instanceof Response) return admitted
  const shown = await page.show?.(admitted)
  return answer(opened, shown ?? { code: 'route_not_found' })
}

async function send(base: string, page: Page, c: ConsoleContext, route: RouteName): Promise<Response> {
  const opened = await open(base, c, route, c.req.param())
  if (opened instanceof Response) return opened
  const sent = await readForm(c, opened)
  if (!sent.ok) return refuse(opened, sent.error)
  const admitted = await admit(page, c, opened)
  if (admitted instanceof Response) return admitted
  // Who is nobody had nothing verified: that D1 was put back is noticed here, before anything is written.
  if (!opened.session) await opened.verification.records.refresh()
  const values = page.fields ? validate(page.fields, sent.value) : ok(undefined)
  const done = values.ok ? await page.act?.(admitted, values.value as undefined) : values.error
  opened.verification.records.outdate()
  if (!done) return refuse(opened, { code: 'route_not_found' })
  return 'code' in done ? showAgain(page, opened, admitted, sent.value, done) : answer(opened, done)
}

/** Browsers send cookies unasked: a form must come from a page of this session. */
async function readForm(
  c: ConsoleContext,
  { visit, verification, session }: Opened,
): Promise<Result<Fields, EdgeError>> {
  const { headers } = c.req.raw
  const type = headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  const expected = 'application/x-www-form-urlencoded'
  if (type !== expected) return err({ code: 'unsupported_media_type', expected })
  const bytes = await readBytes(c.req.raw, MAX_JSON_BYTES)
  if (!bytes) return err({ code: 'body_too_large', maxBytes: MAX_JSON_BYTES })
  const fields = fieldsOf(new URLSearchParams(new TextDecoder().decode(bytes)))
  const isElsewhere =
    isFromElsewhere(headers.get('Origin'), visit.origin) || headers.get('Sec-Fetch-Site') === 'cross-site'
  const { csrf = '', ...rest } = fields
  const isOurs = session === undefined || (await isCsrfToken(verification.keys, session, String(csrf)))
  return isElsewhere || !isOurs ? err({ code: 'csrf_failed' }) : ok(rest)
}

/** Signed in, permitted, and with parameters that make sense; or what to answer instead. */
async function admit(page: Page, c: ConsoleContext, opened: Opened): Promise<Call<never> | Response> {
  const { visit, verification } = opened
  const { principal } = visit
  if (page.access.kind !== 'public') {
    if (!principal) {
      const next = c.req.method === 'GET' ? `?next=${encodeURIComponent(visit.path)}` : ''
      return movedAnswer(`${visit.base}/sign-in${next}`)
    }
  }
  const params = page.params ? validate(page.params, c.req.param()) : ok(undefined)
  if (!params.ok) return refuse(opened, { code: 'route_not_found' })
  if (page.access.kind !== 'public' && principal) {
    const refusal = await refuseAccess(c.env, verification, page.access, principal, params.value)
    if (refusal) return refuse(opened, refusal)
  }
  const query = page.query
    ? validate(page.query, Object.fromEntries(new URL(c.req.url).searchParams))
    : ok(undefined)
  if (!query.ok) return refuse(opened, query.error)
  return {
    edge: c.env,
    verification,
    // The declaration's types say which of these there are, and what the schemas made of them.
    principal: principal as never,
    params: params.value as undefined,
    query: query.value as undefined,
    visit,
    context: contextOf(verification.ipAddress, c.get('requestId'), visit.now),
    now: visit.now,
    cookie: (name) => readCookie(c.req.header('Cookie'), name),
  }
}

/** The form once more, with what was typed in it and what is wrong with it. */
async function showAgain(
  page: Page,
  opened: Opened,
  call: Call<never>,
  values: Fields,
  error: EdgeError,
): Promise<Response> {
  const { status, message, detail, problems } = toRefusal(error)
  const about = page.about?.[error.code]
  // A whole sentence, without the word that stands for its status.
  const words = detail ?? message.replace(/^[A-Z][A-Za-z ]+: /, '')
  const said = words.charAt(0).toUpperCase() + words.slice(1)
  const found: readonly Problem[] = problems ?? [
    about === undefined ? { message: said } : { path: about, message: said },
  ]
  if (!page.show || status === 404) return refuse(opened, error)
  opened.trace.error = error
  const visit = { ...opened.visit, attempt: { values, problems: found } }
  const shown = await page.show({ ...call, visit })
  return answer({ ...opened, visit }, shown, status)
}

async function answer(opened: Opened, shown: Child | EdgeError | Done, status = 200): Promise<Response> {
  if (isDone(shown)) {
    if (shown.kind === 'shown') return render(opened, 200, shown.page)
    const moved = movedAnswer(shown.to)
    for (const cookie of shown.cookies) moved.headers.append('Set-Cookie', cookie)
    if (shown.flash)
      setCookie(moved, FLASH_COOKIE, writeFlash(shown.flash), opened.visit.origin, FLASH_LIFETIME_MS)
    return moved
  }
  return isError(shown) ? refuse(opened, shown) : render(opened, status, shown)
}

const isDone = (shown: unknown): shown is Done =>
  typeof shown === 'object' &&
  shown !== null &&
  'kind' in shown &&
  ['moved', 'shown'].includes(String(shown.kind))

const isError = (shown: unknown): shown is EdgeError =>
  typeof shown === 'object' && shown !== null && 'code' in shown && !('tag' in shown)

function refuse(opened: Opened, error: EdgeError): Promise<Response> {
  opened.trace.error = error
  return render(opened, toRefusal(error).status, <ErrorPage error={error} />)
}

async function render({ visit, cookies }: Opened, status: number, page: Child): Promise<Response> {
  const markup = await (<VisitProvider value={visit}>{page}</VisitProvider>).toString()
  const made = pageAnswer(status, markup)
  for (const cookie of cookies) cookie(made)
  return made
}
