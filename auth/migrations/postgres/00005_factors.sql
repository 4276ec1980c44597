-- Second factors: auth.Factors.

-- +goose Up
CREATE TABLE terem_factors (
	subject    TEXT NOT NULL PRIMARY KEY,
	secret     TEXT NOT NULL,
	confirmed  BOOLEAN NOT NULL,
	step       BIGINT NOT NULL,
	recovery   TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL
);

-- +goose Down
DROP TABLE terem_factors;
