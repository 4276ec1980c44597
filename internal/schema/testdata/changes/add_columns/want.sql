==== migrations/sqlite/00002_change.sql
-- +goose Up
-- users is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE users_new (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	email   TEXT NOT NULL CHECK (length(email) <= 254),
	name    TEXT NOT NULL,
	age     INTEGER,
	phone   TEXT,
	active  BOOLEAN NOT NULL DEFAULT TRUE,
	level   INTEGER NOT NULL,
	short   TEXT NOT NULL,
	boss_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
	CONSTRAINT users_level_check CHECK (level > 0)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'users_new', seq FROM sqlite_sequence WHERE name = 'users';
INSERT INTO users_new (id, email, name, age, level, short)
SELECT id, email, name, age, 1, substr(name,1,3)
FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX users_email_key ON users (email);
CREATE UNIQUE INDEX users_phone_key ON users (phone);
CREATE INDEX users_boss_id_idx ON users (boss_id);

-- +goose Down
DROP INDEX users_phone_key;
DROP INDEX users_boss_id_idx;
-- users is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE users_new (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	email TEXT NOT NULL CHECK (length(email) <= 254),
	name  TEXT NOT NULL,
	age   INTEGER
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'users_new', seq FROM sqlite_sequence WHERE name = 'users';
INSERT INTO users_new (id, email, name, age)
SELECT id, email, name, age
FROM users;
-- The values of users.phone, users.active, users.level, users.short, users.boss_id are lost.
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX users_email_key ON users (email);
==== migrations/postgres/00002_change.sql
-- +goose Up
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE users ADD COLUMN active BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN level BIGINT NOT NULL DEFAULT 1;
ALTER TABLE users ALTER COLUMN level DROP DEFAULT;
ALTER TABLE users ADD COLUMN short TEXT;
-- This writes every row of users. Where there are millions, fill them in parts, in a migration before this one.
UPDATE users SET short = substr(name,1,3);
-- terem:accept set-not-null because the UPDATE above has given every row a value
ALTER TABLE users ALTER COLUMN short SET NOT NULL;
ALTER TABLE users ADD COLUMN boss_id BIGINT;

-- +goose Down
-- The values of users.phone are lost.
ALTER TABLE users DROP COLUMN phone;
-- The values of users.active are lost.
ALTER TABLE users DROP COLUMN active;
-- The values of users.level are lost.
ALTER TABLE users DROP COLUMN level;
-- The values of users.short are lost.
ALTER TABLE users DROP COLUMN short;
-- The values of users.boss_id are lost.
ALTER TABLE users DROP COLUMN boss_id;
==== migrations/sqlite/00003_change_online.sql
-- +goose Up
-- Nothing changes here on this database.

-- +goose Down
-- Nothing changes here on this database.
==== migrations/postgres/00003_change_online.sql
-- Indexes are built and rows are checked here while the application goes on writing. If a
-- statement fails, those before it stay: correct the rows, and run the file again.
-- +goose NO TRANSACTION

-- +goose Up
DROP INDEX CONCURRENTLY IF EXISTS users_phone_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_phone_key ON users (phone);
DROP INDEX CONCURRENTLY IF EXISTS users_boss_id_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_boss_id_idx ON users (boss_id);
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_level_check, ADD CONSTRAINT users_level_check CHECK (level > 0) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_level_check;
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_boss_id_fkey, ADD CONSTRAINT users_boss_id_fkey FOREIGN KEY (boss_id) REFERENCES users (id) ON DELETE SET NULL NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_boss_id_fkey;

-- +goose Down
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_boss_id_fkey;
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_level_check;
DROP INDEX CONCURRENTLY IF EXISTS users_phone_key;
DROP INDEX CONCURRENTLY IF EXISTS users_boss_id_idx;
