CREATE TABLE `objects` (
	`key` text PRIMARY KEY NOT NULL,
	`stored_at` integer NOT NULL,
	`condemned_at` integer
);
--> statement-breakpoint
INSERT INTO `objects` (`key`, `stored_at`)
SELECT `tenant_id` || '/' || `namespace` || '/' || `sha256`, `stored_at` FROM `contents`;--> statement-breakpoint
CREATE TABLE `__new_contents` (
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`sha256` text NOT NULL,
	`size` integer NOT NULL,
	`object` text NOT NULL,
	`offset` integer NOT NULL,
	`stored_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `namespace`, `sha256`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`object`) REFERENCES `objects`(`key`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_contents` (`tenant_id`, `namespace`, `sha256`, `size`, `object`, `offset`, `stored_at`)
SELECT `tenant_id`, `namespace`, `sha256`, `size`, `tenant_id` || '/' || `namespace` || '/' || `sha256`, 0, `stored_at` FROM `contents`;--> statement-breakpoint
CREATE TABLE `__new_files` (
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`path` text NOT NULL,
	`sha256` text,
	`size` integer NOT NULL,
	`is_directory` integer NOT NULL,
	`revision` integer NOT NULL,
	`seq` integer NOT NULL,
	`owner` text,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `namespace`, `path`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `__new_files` (`tenant_id`, `namespace`, `path`, `sha256`, `size`, `is_directory`, `revision`, `seq`, `created_at`, `modified_at`)
SELECT `tenant_id`, `namespace`, `path`, `sha256`, `size`, 0, `revision`, `seq`, `created_at`, `modified_at` FROM `files`;--> statement-breakpoint
DROP TABLE `files`;--> statement-breakpoint
ALTER TABLE `__new_files` RENAME TO `files`;--> statement-breakpoint
DROP TABLE `contents`;--> statement-breakpoint
ALTER TABLE `__new_contents` RENAME TO `contents`;--> statement-breakpoint
CREATE INDEX `contents_by_object` ON `contents` (`object`);--> statement-breakpoint
CREATE TABLE `file_revisions` (
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`path` text NOT NULL,
	`seq` integer NOT NULL,
	`revision` integer NOT NULL,
	`sha256` text,
	`size` integer NOT NULL,
	`owner` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `namespace`, `path`, `seq`, `revision`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tenant_id`,`namespace`,`sha256`) REFERENCES `contents`(`tenant_id`,`namespace`,`sha256`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `file_revisions` (`tenant_id`, `namespace`, `path`, `seq`, `revision`, `sha256`, `size`, `at`)
SELECT `tenant_id`, `namespace`, `path`, `seq`, `revision`, `sha256`, `size`, `modified_at` FROM `files`;--> statement-breakpoint
CREATE INDEX `file_revisions_by_content` ON `file_revisions` (`tenant_id`,`namespace`,`sha256`);--> statement-breakpoint
CREATE TABLE `__new_deployments` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`root` text NOT NULL,
	`seq` integer NOT NULL,
	`created` integer NOT NULL,
	`updated` integer NOT NULL,
	`deleted` integer NOT NULL,
	`unchanged` integer NOT NULL,
	`source` text,
	`is_verified` integer NOT NULL,
	`workflow` text,
	`run_number` integer,
	`restores` text,
	`account_id` text NOT NULL,
	`account_name` text NOT NULL,
	`idempotency_key` text NOT NULL,
	`request_digest` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `__new_deployments` (`id`, `tenant_id`, `namespace`, `root`, `seq`, `created`, `updated`, `deleted`, `unchanged`, `source`, `is_verified`, `account_id`, `account_name`, `idempotency_key`, `request_digest`, `created_at`)
SELECT `id`, `tenant_id`, `namespace`, `root`, CAST(`etag` AS INTEGER), `created`, `updated`, `deleted`, `unchanged`, `source`, 0, `account_id`, `account_name`, `idempotency_key`, `request_digest`, `created_at` FROM `deployments`;--> statement-breakpoint
DROP TABLE `deployments`;--> statement-breakpoint
ALTER TABLE `__new_deployments` RENAME TO `deployments`;--> statement-breakpoint
CREATE UNIQUE INDEX `deployments_by_key` ON `deployments` (`tenant_id`,`namespace`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `deployments_by_seq` ON `deployments` (`tenant_id`,`namespace`,`seq`);--> statement-breakpoint
CREATE INDEX `deployments_by_run` ON `deployments` (`tenant_id`,`namespace`,`root`,`workflow`,`run_number`);
