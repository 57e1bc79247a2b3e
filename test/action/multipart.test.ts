import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { multipart } from '../../action/multipart.ts'

it('is what the platform reads as the same files, of the length it says, each time it is opened', async () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(contents, async (contents) => {
      const parts = contents.map((bytes, index) => ({
        name: 'blob',
        fileName: `f${index}`,
        length: bytes.length,
        async *open() {
          yield bytes
        },
      }))
      const { type, length, open } = multipart(parts)
      expect(await buffer(open())).toHaveLength(length)
      const body = new Uint8Array(await buffer(open()))
      const form = await new Response(body, { headers: { 'Content-Type': type } }).formData()
      const files = form.getAll('blob') as File[]
      expect(files.map(({ name }) => name)).toEqual(parts.map(({ fileName }) => fileName))
      for (const [index, file] of files.entries()) {
        expect(file.type).toBe('application/octet-stream')
        expect(await file.bytes()).toEqual(contents[index])
      }
    }),
  )
})
