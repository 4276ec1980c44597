package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// SnapshotFile is where the schema stands that the last migration leads to,
// beside the folders of migrations.
const SnapshotFile = "schema.json"

// format is that of snapshots.
const format = 1

// Marshal returns the schema as a snapshot: the same text for the same schema,
// one column a line, so that a change of one is a change of a line.
func (s *Schema) Marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"format\": %d,\n  \"tables\": [", format)
	for i, t := range s.Tables {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n    {\n      \"name\": %q", t.Name)
		list(&b, "columns", t.Columns)
		if len(t.Key) > 0 {
			fmt.Fprintf(&b, ",\n      \"key\": %s", line(t.Key))
		}
		list(&b, "indexes", t.Indexes)
		list(&b, "checks", t.Checks)
		list(&b, "references", t.Refs)
		b.WriteString("\n    }")
	}
	b.WriteString("\n  ]\n}\n")
	return b.Bytes()
}

// list writes a member whose elements stand on a line each.
func list[T any](b *bytes.Buffer, name string, elements []T) {
	for i, e := range elements {
		if i == 0 {
			fmt.Fprintf(b, ",\n      %q: [", name)
		} else {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "\n        %s", line(e))
	}
	if len(elements) > 0 {
		b.WriteString("\n      ]")
	}
}

// line returns a value as JSON on one line. SQL keeps its < and >.
func line(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // plain data cannot fail
	return string(bytes.TrimSpace(b.Bytes()))
}

// ReadSnapshot reads the snapshot of a folder of migrations. One without a
// snapshot has the schema of an empty database.
func ReadSnapshot(path string) (*Schema, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Schema{}, nil
	}
	if err != nil {
		return nil, err
	}
	var f struct {
		Format int
		Tables []Table
	}
	switch err := json.Unmarshal(text, &f); {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w. It is written by terem migrate new; after a merge, keep one side's version of it whole and run that again", path, err)
	case f.Format != format:
		return nil, fmt.Errorf("%s has format %d and this terem knows %d: use the one that wrote it", path, f.Format, format)
	}
	return &Schema{f.Tables}, nil
}
