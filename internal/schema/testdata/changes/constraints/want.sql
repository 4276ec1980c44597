==== migrations/sqlite/00002_change.sql
-- +goose Up
-- orders is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE orders_new (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	code    TEXT NOT NULL CHECK (length(code) <= 10),
	total   TEXT NOT NULL,
	at      TEXT NOT NULL
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'orders_new', seq FROM sqlite_sequence WHERE name = 'orders';
INSERT INTO orders_new (id, user_id, code, total, at)
SELECT id, user_id, code, total, at
FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX orders_code_key ON orders (code);
-- users is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE users_new (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	email TEXT NOT NULL CHECK (length(email) <= 254),
	name  TEXT NOT NULL,
	age   INTEGER NOT NULL,
	CONSTRAINT users_age_check CHECK (age >= 0)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'users_new', seq FROM sqlite_sequence WHERE name = 'users';
INSERT INTO users_new (id, email, name, age)
SELECT id, email, name, coalesce(age, 0)
FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX users_email_key ON users (email);
CREATE INDEX users_age_idx ON users (age);

-- +goose Down
DROP INDEX orders_code_key;
-- orders is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE orders_new (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL REFERENCES users (id),
	code    TEXT NOT NULL CHECK (length(code) <= 10),
	total   TEXT NOT NULL,
	at      TEXT NOT NULL,
	CONSTRAINT orders_total_check CHECK (CAST(total AS REAL) >= 0)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'orders_new', seq FROM sqlite_sequence WHERE name = 'orders';
INSERT INTO orders_new (id, user_id, code, total, at)
SELECT id, user_id, code, total, at
FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
PRAGMA legacy_alter_table = OFF;
DROP INDEX users_age_idx;
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
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX users_email_key ON users (email);
==== migrations/postgres/00002_change.sql
-- +goose Up
ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;
ALTER TABLE orders DROP CONSTRAINT orders_total_check;

-- +goose Down
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id);
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
DROP INDEX CONCURRENTLY IF EXISTS orders_code_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_code_key ON orders (code);
DROP INDEX CONCURRENTLY IF EXISTS users_age_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_age_idx ON users (age);
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_age_not_null, ADD CONSTRAINT users_age_not_null CHECK (age IS NOT NULL) NOT VALID;
-- terem:accept partial because it does no harm when it runs again
UPDATE users SET age = 0 WHERE age IS NULL;
ALTER TABLE users VALIDATE CONSTRAINT users_age_not_null;
-- terem:accept partial because it does no harm when it runs again
ALTER TABLE users ALTER COLUMN age SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_age_not_null;
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_age_check, ADD CONSTRAINT users_age_check CHECK (age >= 0) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_age_check;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_user_id_fkey, ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;

-- +goose Down
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_user_id_fkey;
DROP INDEX CONCURRENTLY IF EXISTS orders_code_key;
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_age_check;
-- terem:accept partial because it does no harm when it runs again
ALTER TABLE users ALTER COLUMN age DROP NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_age_idx;
