/** Namespace files, one at a time. */

import { type Call, call, expectJson } from './edge.ts'

export const filesOf = (namespace: string, tenant = 'main') =>
  `/api/v1/${tenant}/namespaces/${namespace}/files`

/** The form that Kestra's clients send. */
export function formOf(content: string | Uint8Array, part = 'fileContent', name = 'file.txt'): FormData {
  const form = new FormData()
  form.append(part, new File([content], name))
  return form
}

export const writeFile = (namespace: string, path: string, content: string | Uint8Array, by: Call) =>
  call(`${filesOf(namespace)}?path=${encodeURIComponent(path)}`, { ...by, body: formOf(content) })

export const readFile = (namespace: string, path: string, by: Call) =>
  call(`${filesOf(namespace)}?path=${encodeURIComponent(path)}`, by)

export const removeFile = (namespace: string, path: string, by: Call) =>
  call(`${filesOf(namespace)}?path=${encodeURIComponent(path)}`, { ...by, method: 'DELETE' })

/** All paths of a namespace, sorted. */
export const pathsOf = (namespace: string, by: Call) =>
  expectJson<string[]>(call(`${filesOf(namespace)}/search?q=`, by))

export const moveFile = (namespace: string, from: string, to: string, by: Call) =>
  call(`${filesOf(namespace)}?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`, {
    ...by,
    method: 'PUT',
  })
