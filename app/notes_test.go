package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// notes is the domain of the applications in these tests.
type notes struct {
	table dao.Table[note]
	log   *slog.Logger
}

type note struct {
	ID   int64  `db:"id,pk"`
	Text string `db:"text"`
}

var migrations = fstest.MapFS{
	"sqlite/00001_notes.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n-- +goose Down\nDROP TABLE notes;\n")},
	"postgres/00001_notes.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text TEXT NOT NULL);\n-- +goose Down\nDROP TABLE notes;\n")},
}

func (n *notes) Register(a *app.App) {
	n.table, n.log = dao.Of[note]("notes"), a.Logger()
	a.Tables(n.table)
	a.Command("count", "Count the notes.", &countCommand{})
	r := a.Router("notes")
	api.Get(r, "/notes", n.list, api.Public)
	api.Post(r, "/notes", n.create, api.Public)
	api.Get(r, "/wait", n.wait, api.Public)
	api.Handle(r, "GET /silent", http.HandlerFunc(n.silent), api.Public)
}

type noteCreate struct {
	Body struct {
		Text     string `json:"text"`
		Wait     int    `json:"wait,omitempty" doc:"How long the session stays open, in milliseconds."`
		Until    string `json:"until,omitempty" doc:"The session stays open until this file is there."`
		Stubborn bool   `json:"stubborn,omitempty" doc:"Wait even when the request is cancelled."`
		Hook     int    `json:"hook,omitempty" doc:"How long what runs after the commit takes, in milliseconds."`
	}
}

type noteRead struct {
	ID int64 `json:"id"`
}

func (n *notes) create(ctx context.Context, s *db.Session, in *noteCreate) (*noteRead, error) {
	row := note{Text: in.Body.Text}
	if err := n.table.Insert(ctx, s, &row); err != nil {
		return nil, err
	}
	if in.Body.Hook > 0 {
		s.AfterCommit(func(ctx context.Context) {
			err := pause(ctx, in.Body.Hook)
			n.log.InfoContext(ctx, "after the commit", slog.String("text", row.Text), slog.Any("error", err))
		})
	}
	n.log.InfoContext(ctx, "waiting", slog.String("text", row.Text))
	for in.Body.Until != "" {
		if _, err := os.Stat(in.Body.Until); err == nil {
			break
		}
		if err := pause(ctx, 5); err != nil {
			return nil, err
		}
	}
	if in.Body.Stubborn {
		ctx = context.WithoutCancel(ctx)
	}
	return &noteRead{row.ID}, pause(ctx, in.Body.Wait)
}

type noteList struct {
	Texts []string `json:"texts"`
}

func (n *notes) list(ctx context.Context, r *db.Reader, _ *struct{}) (*noteList, error) {
	out := noteList{Texts: []string{}}
	rows, err := n.table.Find(ctx, r, dao.OrderBy("id"))
	for _, row := range rows {
		out.Texts = append(out.Texts, row.Text)
	}
	return &out, err
}

type waiting struct {
	Milliseconds int `query:"ms"`
}

func (n *notes) wait(ctx context.Context, _ api.None, in *waiting) (*api.Empty, error) {
	n.log.InfoContext(ctx, "waiting", slog.Int("ms", in.Milliseconds))
	return nil, pause(ctx, in.Milliseconds)
}

// silent returns without an answer when the request is cancelled.
func (n *notes) silent(_ http.ResponseWriter, r *http.Request) {
	n.log.InfoContext(r.Context(), "waiting in "+r.URL.Path)
	<-r.Context().Done()
}

func pause(ctx context.Context, ms int) error {
	select {
	case <-time.After(time.Duration(ms) * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// countCommand is a domain's command.
type countCommand struct {
	Above int64 `help:"Count those with a greater id."`
}

func (c *countCommand) Run(ctx context.Context, d *db.DB, out io.Writer) error {
	if d == nil {
		return errors.New("there is no database")
	}
	var count int
	err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT count(*) FROM notes WHERE id > $1", c.Above).Scan(&count)
	})
	fmt.Fprintf(out, "%d notes\n", count)
	return err
}
