/** A page as an answer: nothing but our own files may be loaded into it, nobody keeps it, nobody frames it. */

const SECURITY = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  // Under `no-referrer` browsers send their own forms with `Origin: null`.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Strict-Transport-Security': 'max-age=31536000',
}

export function pageAnswer(status: number, markup: string): Response {
  return new Response(`<!doctype html>${markup}`, {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...SECURITY },
  })
}

/** 303: whatever was sent, the browser looks there next. */
export function movedAnswer(to: string): Response {
  return new Response(null, { status: 303, headers: { Location: to, ...SECURITY } })
}
