CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`first_name` text,
	`last_name` text,
	`password` text,
	`is_superadmin` integer NOT NULL,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	CONSTRAINT "service_account_is_impersonal" CHECK("accounts"."kind" = 'USER' OR ("accounts"."password" IS NULL AND "accounts"."first_name" IS NULL AND "accounts"."last_name" IS NULL))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_username` ON `accounts` (lower("name")) WHERE "accounts"."kind" = 'USER';--> statement-breakpoint
CREATE INDEX `accounts_by_kind` ON `accounts` (`kind`,`name`,`id`);--> statement-breakpoint
CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`mac` blob NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `api_tokens_by_account` ON `api_tokens` (`account_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `bindings` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`account_id` text NOT NULL,
	`role_id` text NOT NULL,
	`namespace` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`role_id`) REFERENCES `roles`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `bindings_by_account` ON `bindings` (`account_id`);--> statement-breakpoint
CREATE INDEX `bindings_by_role` ON `bindings` (`role_id`);--> statement-breakpoint
CREATE INDEX `bindings_by_tenant` ON `bindings` (`tenant_id`,`id`);--> statement-breakpoint
CREATE TABLE `contents` (
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`sha256` text NOT NULL,
	`size` integer NOT NULL,
	`stored_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `namespace`, `sha256`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `deployments` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`root` text NOT NULL,
	`etag` text NOT NULL,
	`created` integer NOT NULL,
	`updated` integer NOT NULL,
	`deleted` integer NOT NULL,
	`unchanged` integer NOT NULL,
	`source` text,
	`account_id` text NOT NULL,
	`account_name` text NOT NULL,
	`idempotency_key` text NOT NULL,
	`request_digest` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deployments_by_key` ON `deployments` (`tenant_id`,`namespace`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `deployments_by_time` ON `deployments` (`tenant_id`,`namespace`,`created_at`);--> statement-breakpoint
CREATE TABLE `file_sequences` (
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `namespace`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `files` (
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`path` text NOT NULL,
	`sha256` text,
	`size` integer NOT NULL,
	`revision` integer NOT NULL,
	`seq` integer NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `namespace`, `path`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`tenant_id`,`namespace`,`sha256`) REFERENCES `contents`(`tenant_id`,`namespace`,`sha256`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `files_by_content` ON `files` (`tenant_id`,`namespace`,`sha256`);--> statement-breakpoint
CREATE TABLE `guards` (
	`folder_unchanged` integer,
	`path_free` integer,
	`setup_open` integer,
	`superadmin_left` integer,
	CONSTRAINT "folder_unchanged" CHECK("guards"."folder_unchanged" = 1),
	CONSTRAINT "path_free" CHECK("guards"."path_free" = 1),
	CONSTRAINT "setup_open" CHECK("guards"."setup_open" = 1),
	CONSTRAINT "superadmin_left" CHECK("guards"."superadmin_left" = 1)
);
--> statement-breakpoint
CREATE TABLE `revoked_access_tokens` (
	`jti` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `roles` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`permissions` text NOT NULL,
	`is_managed` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `roles_by_tenant` ON `roles` (`tenant_id`,`name`,`id`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`wrapped_private_jwk` blob NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_active` ON `signing_keys` (`state`) WHERE "signing_keys"."state" = 'active';--> statement-breakpoint
CREATE TABLE `tenant_access` (
	`tenant_id` text NOT NULL,
	`account_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `account_id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `tenant_access_by_account` ON `tenant_access` (`account_id`);--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
