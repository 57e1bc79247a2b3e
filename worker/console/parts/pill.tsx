/** A state, in a word; its colour only helps. */

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'mute'

export function Pill({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span class={`pill ${tone}`}>{children}</span>
}
