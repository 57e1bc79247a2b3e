CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`first_name` text,
	`last_name` text,
	`password` text,
	`is_superadmin` integer NOT NULL,
	`is_restricted` integer DEFAULT false NOT NULL,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	CONSTRAINT "service_account_is_impersonal" CHECK("accounts"."kind" = 'USER' OR ("accounts"."password" IS NULL AND "accounts"."first_name" IS NULL AND "accounts"."last_name" IS NULL))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_username` ON `accounts` (lower("name")) WHERE "accounts"."kind" = 'USER';--> statement-breakpoint
CREATE INDEX `accounts_by_kind` ON `accounts` (`kind`,"name" COLLATE NOCASE,`id`);--> statement-breakpoint
CREATE INDEX `accounts_by_id` ON `accounts` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `accounts_by_flag` ON `accounts` (`kind`,`is_superadmin`,"name" COLLATE NOCASE,`id`);--> statement-breakpoint
CREATE TABLE `audit_logs` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`tenant_id` text,
	`namespace` text,
	`type` text NOT NULL,
	`resource` text NOT NULL,
	`resource_id` text NOT NULL,
	`actor_id` text NOT NULL,
	`actor_name` text NOT NULL,
	`impersonator_id` text,
	`impersonator_name` text,
	`token_id` text,
	`ip_address` text,
	`request_id` text NOT NULL,
	`before` text,
	`after` text
);
--> statement-breakpoint
CREATE INDEX `audit_logs_by_time` ON `audit_logs` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_logs_by_tenant` ON `audit_logs` (`tenant_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_logs_by_actor` ON `audit_logs` (`actor_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_logs_by_resource` ON `audit_logs` (`resource_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `bindings` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`account_id` text,
	`group_id` text,
	`role_id` text NOT NULL,
	`namespace` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`role_id`) REFERENCES `roles`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "one_subject" CHECK(("bindings"."account_id" IS NULL) <> ("bindings"."group_id" IS NULL))
);
--> statement-breakpoint
CREATE INDEX `bindings_by_account` ON `bindings` (`account_id`);--> statement-breakpoint
CREATE INDEX `bindings_by_group` ON `bindings` (`group_id`);--> statement-breakpoint
CREATE INDEX `bindings_by_role` ON `bindings` (`role_id`);--> statement-breakpoint
CREATE INDEX `bindings_by_tenant` ON `bindings` (`tenant_id`,`id`);--> statement-breakpoint
CREATE TABLE `changes` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`ref` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `contents` (
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
CREATE INDEX `contents_by_object` ON `contents` (`object`);--> statement-breakpoint
CREATE TABLE `deployments` (
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
CREATE UNIQUE INDEX `deployments_by_key` ON `deployments` (`tenant_id`,`namespace`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `deployments_by_seq` ON `deployments` (`tenant_id`,`namespace`,`seq`);--> statement-breakpoint
CREATE INDEX `deployments_by_run` ON `deployments` (`tenant_id`,`namespace`,`root`,`workflow`,`run_number`);--> statement-breakpoint
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
CREATE INDEX `file_revisions_by_content` ON `file_revisions` (`tenant_id`,`namespace`,`sha256`);--> statement-breakpoint
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
CREATE TABLE `group_members` (
	`group_id` text NOT NULL,
	`account_id` text NOT NULL,
	`membership` text NOT NULL,
	`account_name` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`group_id`, `account_id`),
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `group_members_by_account` ON `group_members` (`account_id`);--> statement-breakpoint
CREATE INDEX `group_members_by_name` ON `group_members` (`group_id`,"account_name" COLLATE NOCASE,`account_id`);--> statement-breakpoint
CREATE TABLE `groups` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `groups_name` ON `groups` (`tenant_id`,`name`);--> statement-breakpoint
CREATE INDEX `groups_by_name` ON `groups` (`tenant_id`,"name" COLLATE NOCASE,`id`);--> statement-breakpoint
CREATE TABLE `guards` (
	`folder_unchanged` integer,
	`path_free` integer,
	`setup_open` integer,
	`superadmin_left` integer,
	`tenant_empty` integer,
	`credentials_few` integer,
	CONSTRAINT "folder_unchanged" CHECK("guards"."folder_unchanged" = 1),
	CONSTRAINT "path_free" CHECK("guards"."path_free" = 1),
	CONSTRAINT "setup_open" CHECK("guards"."setup_open" = 1),
	CONSTRAINT "superadmin_left" CHECK("guards"."superadmin_left" = 1),
	CONSTRAINT "tenant_empty" CHECK("guards"."tenant_empty" = 1),
	CONSTRAINT "credentials_few" CHECK("guards"."credentials_few" = 1)
);
--> statement-breakpoint
CREATE TABLE `instance` (
	`uuid` text PRIMARY KEY NOT NULL,
	`setup_token` text
);
--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`email` text NOT NULL,
	`mac` blob NOT NULL,
	`key_version` text DEFAULT '' NOT NULL,
	`roles` text NOT NULL,
	`group_ids` text NOT NULL,
	`is_superadmin` integer NOT NULL,
	`inviter_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`inviter_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `invitations_by_tenant` ON `invitations` (`tenant_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `invitations_by_inviter` ON `invitations` (`inviter_id`);--> statement-breakpoint
CREATE INDEX `invitations_by_email` ON `invitations` (`tenant_id`,lower("email"));--> statement-breakpoint
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
CREATE TABLE `namespaces` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`attributes` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `objects` (
	`key` text PRIMARY KEY NOT NULL,
	`stored_at` integer NOT NULL,
	`condemned_at` integer
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
	`is_default` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `roles_by_name` ON `roles` (`tenant_id`,"name" COLLATE NOCASE,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `roles_one_default` ON `roles` (`tenant_id`) WHERE "roles"."is_default" = 1;--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
	`subject` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sign_in_attempts_by_expiry` ON `sign_in_attempts` (`expires_at`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`since` integer DEFAULT 0 NOT NULL,
	`wrapped_private_jwk` blob NOT NULL,
	`key_version` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_each` ON `signing_keys` (`state`) WHERE "signing_keys"."state" <> 'retiring';--> statement-breakpoint
CREATE TABLE `spent_assertions` (
	`issuer_id` text NOT NULL,
	`jti` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`issuer_id`, `jti`)
);
--> statement-breakpoint
CREATE INDEX `spent_assertions_by_expiry` ON `spent_assertions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `tenant_access` (
	`tenant_id` text NOT NULL,
	`account_id` text NOT NULL,
	`account_kind` text NOT NULL,
	`account_name` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `account_id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `tenant_access_by_account` ON `tenant_access` (`account_id`);--> statement-breakpoint
CREATE INDEX `tenant_access_by_name` ON `tenant_access` (`tenant_id`,`account_kind`,"account_name" COLLATE NOCASE,`account_id`);--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`attributes` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`mac` blob NOT NULL,
	`key_version` text DEFAULT '' NOT NULL,
	`narrowing` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`extends_by` integer,
	`last_used_at` integer,
	`impersonator_id` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`impersonator_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "impersonation_has_impersonator" CHECK(("tokens"."kind" = 'IMPERSONATION') = ("tokens"."impersonator_id" IS NOT NULL))
);
--> statement-breakpoint
CREATE INDEX `tokens_by_account` ON `tokens` (`account_id`,`kind`,`created_at`);--> statement-breakpoint
CREATE INDEX `tokens_by_impersonator` ON `tokens` (`impersonator_id`);--> statement-breakpoint
CREATE INDEX `tokens_by_key_version` ON `tokens` (`key_version`);--> statement-breakpoint
CREATE INDEX `tokens_by_expiry` ON `tokens` (`expires_at`,`id`) WHERE "tokens"."kind" = 'API';--> statement-breakpoint
CREATE TABLE `totals` (
	`list` text PRIMARY KEY NOT NULL,
	`total` integer NOT NULL
);
