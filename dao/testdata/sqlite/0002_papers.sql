-- +goose Up
CREATE TABLE authors (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE papers (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	author_id TEXT NOT NULL REFERENCES authors (id),
	number INTEGER NOT NULL,
	title TEXT NOT NULL,
	status TEXT NOT NULL,
	tags TEXT NOT NULL,
	price TEXT NOT NULL,
	note TEXT,
	version INTEGER NOT NULL,
	deleted_at TIMESTAMP,
	CONSTRAINT papers_author_id_number_key UNIQUE (author_id, number),
	CONSTRAINT papers_price_check CHECK (CAST(price AS REAL) >= 0)
);
-- +goose Down
DROP TABLE papers;
DROP TABLE authors;
