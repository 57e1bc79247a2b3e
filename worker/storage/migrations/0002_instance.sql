CREATE TABLE `abandoned_contents` (
	`tenant_id` text NOT NULL,
	`namespace` text NOT NULL,
	`sha256` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `namespace`, `sha256`)
);
--> statement-breakpoint
DROP INDEX `audit_logs_by_actor`;--> statement-breakpoint
DROP INDEX `audit_logs_by_resource`;--> statement-breakpoint
CREATE INDEX `audit_logs_by_actor` ON `audit_logs` (`actor_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_logs_by_resource` ON `audit_logs` (`resource_id`,`at`,`id`);--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_guards` (
	`folder_unchanged` integer,
	`path_free` integer,
	`setup_open` integer,
	`superadmin_left` integer,
	`tenant_empty` integer,
	CONSTRAINT "folder_unchanged" CHECK("__new_guards"."folder_unchanged" = 1),
	CONSTRAINT "path_free" CHECK("__new_guards"."path_free" = 1),
	CONSTRAINT "setup_open" CHECK("__new_guards"."setup_open" = 1),
	CONSTRAINT "superadmin_left" CHECK("__new_guards"."superadmin_left" = 1),
	CONSTRAINT "tenant_empty" CHECK("__new_guards"."tenant_empty" = 1)
);
--> statement-breakpoint
INSERT INTO `__new_guards`("folder_unchanged", "path_free", "setup_open", "superadmin_left", "tenant_empty") SELECT "folder_unchanged", "path_free", "setup_open", "superadmin_left", "tenant_empty" FROM `guards`;--> statement-breakpoint
DROP TABLE `guards`;--> statement-breakpoint
ALTER TABLE `__new_guards` RENAME TO `guards`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `accounts_by_id` ON `accounts` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `accounts_by_flag` ON `accounts` (`kind`,`is_superadmin`,"name" COLLATE NOCASE,`id`);--> statement-breakpoint

-- The rows of its contents go with a tenant, the contents themselves are still to be taken out of R2.
CREATE TRIGGER `tenants_abandoned` BEFORE DELETE ON `tenants` BEGIN
  INSERT OR IGNORE INTO abandoned_contents SELECT tenant_id, namespace, sha256 FROM contents WHERE tenant_id = OLD.id;
END;--> statement-breakpoint

-- A record may go when it is old enough for anybody's questions, by the database's own clock. REPLACE would be a
-- deletion that no trigger hears of.
CREATE TRIGGER `audit_logs_kept` BEFORE DELETE ON `audit_logs` WHEN OLD.at > (unixepoch() - 90 * 86400) * 1000 BEGIN
  SELECT RAISE(ABORT, 'audit records are kept for 90 days');
END;--> statement-breakpoint
CREATE TRIGGER `audit_logs_once` BEFORE INSERT ON `audit_logs` WHEN EXISTS (SELECT 1 FROM audit_logs WHERE id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'audit records are final');
END;
