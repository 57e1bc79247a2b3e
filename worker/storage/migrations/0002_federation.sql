CREATE TABLE `federated_credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`issuer_id` text NOT NULL,
	`name` text NOT NULL,
	`repository_id` text NOT NULL,
	`match` text NOT NULL,
	`narrowing` text NOT NULL,
	`max_ttl_seconds` integer NOT NULL,
	`expires_at` integer,
	`is_enabled` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`issuer_id`) REFERENCES `issuers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `federated_credentials_name` ON `federated_credentials` (`account_id`,`name`);--> statement-breakpoint
CREATE INDEX `federated_credentials_by_repository` ON `federated_credentials` (`issuer_id`,`repository_id`);--> statement-breakpoint
CREATE TABLE `issuers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`issuer` text NOT NULL,
	`jwks_uri` text NOT NULL,
	`algorithms` text NOT NULL,
	`is_enabled` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `issuers_issuer_unique` ON `issuers` (`issuer`);--> statement-breakpoint
CREATE TABLE `spent_assertions` (
	`issuer_id` text NOT NULL,
	`jti` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`issuer_id`, `jti`)
);
--> statement-breakpoint
CREATE INDEX `spent_assertions_by_expiry` ON `spent_assertions` (`expires_at`);--> statement-breakpoint
DROP INDEX `signing_keys_one_active`;--> statement-breakpoint
ALTER TABLE `signing_keys` ADD `since` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `signing_keys` ADD `key_version` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_each` ON `signing_keys` (`state`) WHERE "signing_keys"."state" <> 'retiring';--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_guards` (
	`folder_unchanged` integer,
	`path_free` integer,
	`setup_open` integer,
	`superadmin_left` integer,
	`credentials_few` integer,
	CONSTRAINT "folder_unchanged" CHECK("__new_guards"."folder_unchanged" = 1),
	CONSTRAINT "path_free" CHECK("__new_guards"."path_free" = 1),
	CONSTRAINT "setup_open" CHECK("__new_guards"."setup_open" = 1),
	CONSTRAINT "superadmin_left" CHECK("__new_guards"."superadmin_left" = 1),
	CONSTRAINT "credentials_few" CHECK("__new_guards"."credentials_few" = 1)
);
--> statement-breakpoint
INSERT INTO `__new_guards`("folder_unchanged", "path_free", "setup_open", "superadmin_left", "credentials_few") SELECT "folder_unchanged", "path_free", "setup_open", "superadmin_left", "credentials_few" FROM `guards`;--> statement-breakpoint
DROP TABLE `guards`;--> statement-breakpoint
ALTER TABLE `__new_guards` RENAME TO `guards`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
ALTER TABLE `tokens` ADD `key_version` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `tokens` ADD `narrowing` text;