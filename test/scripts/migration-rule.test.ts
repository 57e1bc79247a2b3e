import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findBreaks } from '../../scripts/deploy/migration-rule.ts'
import { ROOT } from '../../scripts/wrangler.ts'

describe('findBreaks', () => {
  it.each([
    ['a column that goes', 'ALTER TABLE `files` DROP COLUMN `size`;'],
    ['a column that is renamed', 'ALTER TABLE `files` RENAME COLUMN `size` TO `bytes`;'],
    ['a table that goes', 'DROP TABLE `files`;'],
    ['a table that is renamed', 'alter table files rename to old_files;'],
    ['a column that must be given and has no default', 'ALTER TABLE `files` ADD `owner` text NOT NULL;'],
    ['a default that is none', 'ALTER TABLE `files` ADD COLUMN `owner` text DEFAULT NULL NOT NULL;'],
    ['a new rule for old rows', 'CREATE UNIQUE INDEX `files_once` ON `files` (`hash`);'],
    ['what comes second', 'CREATE TABLE `a` (`b` text);--> statement-breakpoint\nDROP TABLE `files`;'],
    ['what several lines say', 'ALTER TABLE `files`\n  DROP\n  COLUMN `size`;'],
    [
      'a table made anew, as drizzle-kit does it',
      'CREATE TABLE `__new_files` (`id` text);\nDROP TABLE `files`;\nALTER TABLE `__new_files` RENAME TO `files`;',
    ],
    ['what a comment of another kind excuses', '-- The contract: none.\nDROP TABLE `files`;'],
    [
      'a contract that covers another statement',
      '-- contract: unread since 1.3\nDROP TABLE `a`;\nDROP TABLE `b`;',
    ],
  ])('finds %s', (_, migration) => {
    expect(findBreaks(migration)).not.toEqual([])
  })

  it.each([
    ['a new table', 'CREATE TABLE `a` (`b` text NOT NULL);\nCREATE UNIQUE INDEX `c` ON `a` (`b`);'],
    ['a column that may be null', 'ALTER TABLE `files` ADD `owner` text;'],
    ['a column with a default', "ALTER TABLE `files` ADD `owner` text DEFAULT 'nobody' NOT NULL;"],
    [
      'an index, there or gone',
      'CREATE INDEX `a` ON `files` (`b`);--> statement-breakpoint\nDROP INDEX `c`;',
    ],
    ['rows that are filled in', "UPDATE `files` SET `owner` = 'nobody' WHERE `owner` IS NULL;"],
    ['a comment about it', '-- DROP TABLE `files`;\nCREATE INDEX `a` ON `files` (`b`);'],
    ['what nothing reads any more', '-- contract: unread since 1.3\nALTER TABLE `files` DROP COLUMN `size`;'],
  ])('lets pass %s', (_, migration) => {
    expect(findBreaks(migration)).toEqual([])
  })

  it('lets pass the migrations as they are', () => {
    const folder = join(ROOT, 'worker/storage/migrations')
    const migrations = readdirSync(folder).filter((name) => name.endsWith('.sql'))
    expect(migrations.length).toBeGreaterThan(1)
    expect(migrations.flatMap((name) => findBreaks(readFileSync(join(folder, name), 'utf8')))).toEqual([])
  })
})
