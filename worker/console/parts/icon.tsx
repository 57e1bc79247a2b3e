/** The few signs of the console, as strokes on a grid of 24. They say nothing that words beside them do not. */

const PATHS = {
  home: 'M3 11l9-8 9 8M5 9.5V21h5v-6h4v6h5V9.5',
  bot: 'M12 3v4M5 7h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM9 12v3M15 12v3',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c.6-4 3.6-6 8-6s7.400 2 8 6',
  users:
    'M9 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c.5-4 3-6 7-6s6.500 2 7 6M16 4.500a4 4 0 0 1 0 7M18.500 15.500c2 .8 3.200 2.700 3.500 5.500',
  shield: 'M12 3l8 3v6c0 5-3.400 8-8 9-4.600-1-8-4-8-9V6zM9 12l2 2 4-4',
  link: 'M10 14l4-4M8.500 11.500l-3 3a3.500 3.500 0 0 0 5 5l3-3M15.500 12.500l3-3a3.500 3.500 0 0 0-5-5l-3 3',
  eye: 'M2 12c2.500-4.700 5.800-7 10-7s7.500 2.300 10 7c-2.500 4.700-5.800 7-10 7S4.500 16.700 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  list: 'M9 6h12M9 12h12M9 18h12M4 6h.01M4 12h.01M4 18h.01',
  sliders: 'M3 8h10M17 8h4M3 16h4M11 16h10M15 5v6M9 13v6',
  folder: 'M3 6a2 2 0 0 1 2-2h4l2 3h8a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z',
  key: 'M14.500 14a5 5 0 1 0-4.700-3.300L3 17.500V21h4v-3h3v-3l1-1c1 .3 2.200.300 3.500 0zM16 8.500h.01',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  check: 'M4 12.500l5 5L20 6.500',
  alert: 'M12 3l10 18H2zM12 10v5M12 18h.01',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01',
  copy: 'M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zM5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  updown: 'M8 10l4-4 4 4M8 14l4 4 4-4',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  system: 'M4 5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM9 20h6M12 16v4',
  light:
    'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M19 5l-1.500 1.500M6.500 17.500L5 19',
  dark: 'M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z',
  renew: 'M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

/** A gate in a wall, and its lock. */
export function Mark() {
  return (
    <svg width={24} height={24} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="6" fill="#6631d7" />
      <path
        d="M7 19v-7a5 5 0 0 1 10 0v7"
        fill="none"
        stroke="#ffffff"
        stroke-width="2.400"
        stroke-linecap="round"
      />
      <circle cx="12" cy="14" r="1.500" fill="#ffffff" />
    </svg>
  )
}
