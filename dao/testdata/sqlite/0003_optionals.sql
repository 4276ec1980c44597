-- +goose Up
CREATE TABLE optionals (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	p_duration INTEGER,
	n_duration INTEGER,
	p_uuid TEXT,
	n_uuid TEXT,
	p_decimal TEXT,
	n_decimal TEXT,
	e_decimal TEXT,
	p_json TEXT,
	n_json TEXT,
	p_list TEXT,
	n_list TEXT,
	p_enum TEXT,
	n_enum TEXT,
	p_moment TIMESTAMP,
	n_moment TIMESTAMP,
	p_date TEXT,
	n_date TEXT,
	p_float REAL,
	n_float REAL,
	p_small INTEGER,
	n_small INTEGER,
	p_yes BOOLEAN,
	n_yes BOOLEAN,
	p_bytes BLOB,
	n_bytes BLOB,
	p_own TEXT,
	n_own TEXT
);
-- +goose Down
DROP TABLE optionals;
