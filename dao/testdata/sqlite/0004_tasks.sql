-- +goose Up
CREATE TABLE tasks (
	id INTEGER PRIMARY KEY,
	due TEXT NOT NULL,
	done TEXT UNIQUE
);
-- +goose Down
DROP TABLE tasks;
