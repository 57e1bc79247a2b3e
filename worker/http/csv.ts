/** CSV (RFC 4180), for spreadsheets that would take a cell for a formula. */

/** Every cell is quoted. One that a spreadsheet would run gets an apostrophe in front, which it shows as text. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => `"${disarm(cell).replaceAll('"', '""')}"`).join()}\r\n`

/** Also behind blanks, which spreadsheets pass over. */
const disarm = (cell: string): string => (/^\s*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)
