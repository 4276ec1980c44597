package auth

import (
	"context"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// Event is an entry of the audit log: who did what to which row, from where.
type Event struct {
	ID      int64     `db:"id,pk" json:"id"`
	At      time.Time `db:"at" json:"at"`
	Actor   string    `db:"actor" json:"actor"`     // such as a user's id; "" for nobody
	Action  string    `db:"action" json:"action"`   // such as users.password_changed
	Object  string    `db:"object" json:"object"`   // such as users/17
	Detail  string    `db:"detail" json:"detail"`   // what else is to be known; never a secret
	Client  string    `db:"client" json:"client"`   // the address
	Device  string    `db:"device" json:"device"`   // what the client calls itself
	Request string    `db:"request" json:"request"` // the request's id, as logs have it
}

// Audit is the audit log. Entries are written in the session of what they tell of,
// so that there is one exactly when it happened, and are never changed. It is a
// table of the library. It may be used by many goroutines at once.
type Audit struct {
	table dao.Table[Event]
	now   func() time.Time
}

// NewAudit returns the audit log. The clock is time.Now if now is nil.
func NewAudit(now func() time.Time) *Audit {
	if now == nil {
		now = time.Now
	}
	return &Audit{dao.Of[Event]("terem_audit"), now}
}

// Write adds an entry: who did what to what, from where.
func (a *Audit) Write(ctx context.Context, x db.Execer, v Visit, e Event) error {
	e.At, e.Client, e.Device, e.Request = a.now().UTC(), v.Client, clip(v.Device), v.Request
	return a.table.Insert(ctx, x, &e)
}

// After returns entries that the conditions choose, the newest first, from a cursor
// on, as dao.Table.After does.
func (a *Audit) After(ctx context.Context, q db.Querier, cursor string, size int, conditions ...dao.Option) (events []Event, next string, err error) {
	return a.table.After(ctx, q, cursor, size, append(conditions, dao.OrderBy("-id"))...)
}

// Forget deletes the entries from before a time, and returns how many. Call it from
// a daily task, with how long the law lets or makes you keep them.
func (a *Audit) Forget(ctx context.Context, x db.Execer, before time.Time) (int64, error) {
	return x.Exec(ctx, "DELETE FROM terem_audit WHERE at < $1", before.UTC())
}
