package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// register makes times come back in UTC, where pgx gives the local zone of this
// process, and go into columns without a zone as UTC.
func register(m *pgtype.Map) {
	times := func(name string, oid, array uint32, c pgtype.Codec) {
		t := &pgtype.Type{Name: name, OID: oid, Codec: c}
		m.RegisterType(t)
		m.RegisterType(&pgtype.Type{Name: "_" + name, OID: array, Codec: &pgtype.ArrayCodec{ElementType: t}})
	}
	times("timestamptz", pgtype.TimestamptzOID, pgtype.TimestamptzArrayOID, &pgtype.TimestamptzCodec{ScanLocation: time.UTC})
	times("timestamp", pgtype.TimestampOID, pgtype.TimestampArrayOID, zoneless{&pgtype.TimestampCodec{}})
}

// zoneless is the codec of timestamp, the clock of no zone. pgx sends what the
// clock shows in the time's own zone, which is another moment when it is read.
type zoneless struct{ *pgtype.TimestampCodec }

func (c zoneless) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(pgtype.TimestampValuer); !ok {
		return nil
	}
	return inUTC{c.TimestampCodec.PlanEncode(m, oid, format, pgtype.Timestamp{})}
}

type inUTC struct{ next pgtype.EncodePlan }

func (p inUTC) Encode(value any, buf []byte) ([]byte, error) {
	t, err := value.(pgtype.TimestampValuer).TimestampValue()
	if err != nil {
		return nil, err
	}
	t.Time = t.Time.UTC()
	return p.next.Encode(t, buf)
}

// plain returns a value as the *any of an application gets it: in the types
// that SQLite has, where there is one.
func plain(v any) any {
	switch v := v.(type) {
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	case [16]byte:
		return pgtype.UUID{Bytes: v, Valid: true}.String()
	case pgtype.Numeric:
		if s, err := v.Value(); err == nil {
			return s
		}
	}
	return v
}
