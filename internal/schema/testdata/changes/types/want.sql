==== migrations/sqlite/00002_change.sql
-- +goose Up
-- orders is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE orders_new (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	user_id INTEGER NOT NULL REFERENCES users (id),
	code    INTEGER NOT NULL,
	total   TEXT NOT NULL,
	at      TEXT NOT NULL,
	CONSTRAINT orders_total_check CHECK (CAST(total AS REAL) >= 0)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'orders_new', seq FROM sqlite_sequence WHERE name = 'orders';
INSERT INTO orders_new (id, user_id, code, total, at)
SELECT id, user_id, CAST(code AS BIGINT), total, at
FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
PRAGMA legacy_alter_table = OFF;
-- users is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.
PRAGMA legacy_alter_table = ON;
CREATE TABLE users_new (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	email TEXT NOT NULL CHECK (length(email) <= 320),
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

-- +goose Down
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
-- Nobody reads or writes orders while its rows are gone through.
-- terem:accept type-change because the models have the new type
ALTER TABLE orders ALTER COLUMN code TYPE BIGINT USING (CAST(code AS BIGINT));
-- Nobody reads or writes orders while its rows are gone through.
-- terem:accept type-change because the models have the new type
ALTER TABLE orders ALTER COLUMN total TYPE NUMERIC(14, 3);
-- terem:accept type-change because the models have the new type
-- terem:accept many-tables because the file is one change of the models
ALTER TABLE users ALTER COLUMN email TYPE VARCHAR(320);
-- Nobody reads or writes users while its rows are gone through.
-- terem:accept type-change because the models have the new type
ALTER TABLE users ALTER COLUMN age TYPE BIGINT;

-- +goose Down
-- Nobody reads or writes orders while its rows are gone through.
ALTER TABLE orders ALTER COLUMN code TYPE VARCHAR(10) USING code::TEXT;
-- Values are rounded to 2 digits behind the point. Nobody reads or writes orders while its rows are gone through.
ALTER TABLE orders ALTER COLUMN total TYPE NUMERIC(12, 2);
-- Nobody reads or writes users while its rows are gone through.
ALTER TABLE users ALTER COLUMN email TYPE VARCHAR(254);
-- Nobody reads or writes users while its rows are gone through.
ALTER TABLE users ALTER COLUMN age TYPE INTEGER;
