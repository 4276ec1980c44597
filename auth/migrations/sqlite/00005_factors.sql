-- Second factors: auth.Factors.

-- +goose Up
CREATE TABLE terem_factors (
	subject    TEXT NOT NULL PRIMARY KEY,
	secret     TEXT NOT NULL,
	confirmed  BOOLEAN NOT NULL,
	step       INTEGER NOT NULL,
	recovery   TEXT NOT NULL,
	created_at TEXT NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE terem_factors;
