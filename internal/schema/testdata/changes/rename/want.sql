==== migrations/sqlite/00002_change_names.sql
-- +goose Up
ALTER TABLE users RENAME TO accounts;
ALTER TABLE accounts RENAME COLUMN name TO full_name;
ALTER TABLE orders RENAME COLUMN total TO sum;

-- +goose Down
ALTER TABLE accounts RENAME TO users;
ALTER TABLE users RENAME COLUMN full_name TO name;
ALTER TABLE orders RENAME COLUMN sum TO total;
==== migrations/postgres/00002_change.sql
-- +goose Up
-- terem:accept rename because the models have the new name
ALTER TABLE users RENAME TO accounts;
ALTER INDEX IF EXISTS users_pkey RENAME TO accounts_pkey;
-- terem:accept rename because the models have the new name
-- terem:accept many-tables because the file is one change of the models
ALTER TABLE accounts RENAME COLUMN name TO full_name;
-- terem:accept rename because the models have the new name
-- terem:accept many-tables because the file is one change of the models
ALTER TABLE orders RENAME COLUMN total TO sum;
ALTER INDEX users_email_key RENAME TO accounts_email_key;
ALTER TABLE orders RENAME CONSTRAINT orders_total_check TO orders_sum_check;
ALTER TABLE accounts ALTER COLUMN full_name SET DEFAULT '';

-- +goose Down
ALTER TABLE accounts RENAME TO users;
ALTER INDEX IF EXISTS accounts_pkey RENAME TO users_pkey;
ALTER TABLE users RENAME COLUMN full_name TO name;
ALTER TABLE orders RENAME COLUMN sum TO total;
ALTER TABLE orders RENAME CONSTRAINT orders_sum_check TO orders_total_check;
ALTER INDEX accounts_email_key RENAME TO users_email_key;
ALTER TABLE users ALTER COLUMN name DROP DEFAULT;
==== migrations/sqlite/00003_change.sql
-- +goose Up
DROP INDEX users_email_key;
-- accounts is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE accounts_new (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	email     TEXT NOT NULL CHECK (length(email) <= 254),
	full_name TEXT NOT NULL DEFAULT '',
	age       INTEGER
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'accounts_new', seq FROM sqlite_sequence WHERE name = 'accounts';
INSERT INTO accounts_new (id, email, full_name, age)
SELECT id, email, full_name, age
FROM accounts;
DROP TABLE accounts;
ALTER TABLE accounts_new RENAME TO accounts;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX accounts_email_key ON accounts (email);
-- orders is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE orders_new (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL REFERENCES accounts (id),
	code    TEXT NOT NULL CHECK (length(code) <= 10),
	sum     TEXT NOT NULL,
	at      TEXT NOT NULL,
	CONSTRAINT orders_sum_check CHECK (CAST(sum AS REAL) >= 0)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'orders_new', seq FROM sqlite_sequence WHERE name = 'orders';
INSERT INTO orders_new (id, user_id, code, sum, at)
SELECT id, user_id, code, sum, at
FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
PRAGMA legacy_alter_table = OFF;

-- +goose Down
-- orders is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE orders_new (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL REFERENCES accounts (id),
	code    TEXT NOT NULL CHECK (length(code) <= 10),
	sum     TEXT NOT NULL,
	at      TEXT NOT NULL,
	CONSTRAINT orders_total_check CHECK (CAST(sum AS REAL) >= 0)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'orders_new', seq FROM sqlite_sequence WHERE name = 'orders';
INSERT INTO orders_new (id, user_id, code, sum, at)
SELECT id, user_id, code, sum, at
FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
PRAGMA legacy_alter_table = OFF;
DROP INDEX accounts_email_key;
-- accounts is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE accounts_new (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	email     TEXT NOT NULL CHECK (length(email) <= 254),
	full_name TEXT NOT NULL,
	age       INTEGER
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'accounts_new', seq FROM sqlite_sequence WHERE name = 'accounts';
INSERT INTO accounts_new (id, email, full_name, age)
SELECT id, email, full_name, age
FROM accounts;
DROP TABLE accounts;
ALTER TABLE accounts_new RENAME TO accounts;
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX users_email_key ON accounts (email);
==== migrations/postgres/00003_change.sql
-- +goose Up
-- Nothing changes here on this database.

-- +goose Down
-- Nothing changes here on this database.
