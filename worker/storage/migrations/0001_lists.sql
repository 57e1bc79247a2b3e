-- What lists need so that a page reads its own rows and nothing else, however long the list is: totals that are kept
-- rather than counted, names repeated where they are sorted by, and every ending of every account's name for search.

CREATE TABLE `numbers` (`n` integer PRIMARY KEY NOT NULL);--> statement-breakpoint
INSERT INTO `numbers` SELECT value FROM json_each('[' || (
  SELECT group_concat(a.key * 16 + b.key + 1) FROM json_each('[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]') a
  CROSS JOIN json_each('[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]') b) || ']');--> statement-breakpoint
CREATE TABLE `account_terms` (
  `kind` text NOT NULL,
  `term` text NOT NULL,
  `account_id` text NOT NULL,
  PRIMARY KEY (`kind`, `term`, `account_id`)
) WITHOUT ROWID;--> statement-breakpoint

CREATE TRIGGER `accounts_inserted` AFTER INSERT ON `accounts` BEGIN
  INSERT INTO totals (list, total) VALUES ('accounts ' || NEW.kind, 1) ON CONFLICT DO UPDATE SET total = total + 1;
  INSERT OR IGNORE INTO account_terms (kind, term, account_id)
    SELECT NEW.kind, substr(lower(NEW.name), n), NEW.id FROM numbers WHERE n <= length(NEW.name);
END;--> statement-breakpoint
CREATE TRIGGER `accounts_deleted` AFTER DELETE ON `accounts` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'accounts ' || OLD.kind;
  DELETE FROM account_terms WHERE kind = OLD.kind AND account_id = OLD.id
    AND term IN (SELECT substr(lower(OLD.name), n) FROM numbers WHERE n <= length(OLD.name));
END;--> statement-breakpoint
CREATE TRIGGER `accounts_renamed` AFTER UPDATE OF `name` ON `accounts` WHEN OLD.name <> NEW.name BEGIN
  UPDATE tenant_access SET account_name = NEW.name WHERE account_id = NEW.id;
  UPDATE group_members SET account_name = NEW.name WHERE account_id = NEW.id;
  DELETE FROM account_terms WHERE kind = OLD.kind AND account_id = OLD.id
    AND term IN (SELECT substr(lower(OLD.name), n) FROM numbers WHERE n <= length(OLD.name));
  INSERT OR IGNORE INTO account_terms (kind, term, account_id)
    SELECT NEW.kind, substr(lower(NEW.name), n), NEW.id FROM numbers WHERE n <= length(NEW.name);
END;--> statement-breakpoint

CREATE TRIGGER `tokens_inserted` AFTER INSERT ON `tokens` BEGIN
  INSERT INTO totals (list, total) VALUES ('tokens ' || NEW.kind, 1) ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `tokens_deleted` AFTER DELETE ON `tokens` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'tokens ' || OLD.kind;
END;--> statement-breakpoint
CREATE TRIGGER `tenant_access_inserted` AFTER INSERT ON `tenant_access` BEGIN
  INSERT INTO totals (list, total) VALUES ('tenant_access ' || NEW.tenant_id || ' ' || NEW.account_kind, 1)
    ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `tenant_access_deleted` AFTER DELETE ON `tenant_access` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'tenant_access ' || OLD.tenant_id || ' ' || OLD.account_kind;
END;--> statement-breakpoint
CREATE TRIGGER `groups_inserted` AFTER INSERT ON `groups` BEGIN
  INSERT INTO totals (list, total) VALUES ('groups ' || NEW.tenant_id, 1) ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `groups_deleted` AFTER DELETE ON `groups` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'groups ' || OLD.tenant_id;
  DELETE FROM totals WHERE list = 'group_members ' || OLD.id;
END;--> statement-breakpoint
CREATE TRIGGER `group_members_inserted` AFTER INSERT ON `group_members` BEGIN
  INSERT INTO totals (list, total) VALUES ('group_members ' || NEW.group_id, 1)
    ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `group_members_deleted` AFTER DELETE ON `group_members` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'group_members ' || OLD.group_id;
END;--> statement-breakpoint
CREATE TRIGGER `roles_inserted` AFTER INSERT ON `roles` BEGIN
  INSERT INTO totals (list, total) VALUES ('roles ' || NEW.tenant_id, 1) ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `roles_deleted` AFTER DELETE ON `roles` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'roles ' || OLD.tenant_id;
END;--> statement-breakpoint
CREATE TRIGGER `bindings_inserted` AFTER INSERT ON `bindings` BEGIN
  INSERT INTO totals (list, total) VALUES ('bindings ' || NEW.tenant_id, 1) ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `bindings_deleted` AFTER DELETE ON `bindings` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'bindings ' || OLD.tenant_id;
END;--> statement-breakpoint
CREATE TRIGGER `namespaces_inserted` AFTER INSERT ON `namespaces` BEGIN
  INSERT INTO totals (list, total) VALUES ('namespaces ' || NEW.tenant_id, 1)
    ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `namespaces_deleted` AFTER DELETE ON `namespaces` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'namespaces ' || OLD.tenant_id;
END;--> statement-breakpoint
CREATE TRIGGER `tenants_inserted` AFTER INSERT ON `tenants` BEGIN
  INSERT INTO totals (list, total) VALUES ('tenants', 1) ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `tenants_deleted` AFTER DELETE ON `tenants` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'tenants';
END;--> statement-breakpoint
CREATE TRIGGER `invitations_inserted` AFTER INSERT ON `invitations` BEGIN
  INSERT INTO totals (list, total) VALUES ('invitations ' || NEW.tenant_id, 1)
    ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `invitations_deleted` AFTER DELETE ON `invitations` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'invitations ' || OLD.tenant_id;
END;--> statement-breakpoint
CREATE TRIGGER `audit_logs_inserted` AFTER INSERT ON `audit_logs` BEGIN
  INSERT INTO totals (list, total) VALUES ('audit_logs', 1) ON CONFLICT DO UPDATE SET total = total + 1;
  INSERT INTO totals (list, total) SELECT 'audit_logs ' || NEW.tenant_id, 1 WHERE NEW.tenant_id IS NOT NULL
    ON CONFLICT DO UPDATE SET total = total + 1;
END;--> statement-breakpoint
CREATE TRIGGER `audit_logs_deleted` AFTER DELETE ON `audit_logs` BEGIN
  UPDATE totals SET total = total - 1 WHERE list = 'audit_logs' OR list = 'audit_logs ' || OLD.tenant_id;
END;--> statement-breakpoint
-- What was recorded stays as it was recorded.
CREATE TRIGGER `audit_logs_final` BEFORE UPDATE ON `audit_logs` BEGIN
  SELECT RAISE(ABORT, 'audit records are final');
END;--> statement-breakpoint

-- A record may go when it is old enough for anybody's questions, by the database's own clock. REPLACE would be a
-- deletion that no trigger hears of.
CREATE TRIGGER `audit_logs_kept` BEFORE DELETE ON `audit_logs` WHEN OLD.at > (unixepoch() - 90 * 86400) * 1000 BEGIN
  SELECT RAISE(ABORT, 'audit records are kept for 90 days');
END;--> statement-breakpoint
CREATE TRIGGER `audit_logs_once` BEFORE INSERT ON `audit_logs` WHEN EXISTS (SELECT 1 FROM audit_logs WHERE id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'audit records are final');
END;--> statement-breakpoint
-- How a password ends says which MASTER_KEY it hangs on: `$` and 16 characters. (drizzle-kit writes no expression with a comma.)
CREATE INDEX `accounts_by_key_version` ON `accounts` (substr(`password`, -17)) WHERE `password` IS NOT NULL;
