package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/serve"
)

// row is a row of the table items.
type row struct {
	ID        int64
	Name      string
	Note      string
	Price     int64
	CreatedAt time.Time
}

// TableName implements gorm's schema.Tabler.
func (row) TableName() string { return "items" }

func (r *row) item() item.Item {
	return item.Item{ID: r.ID, Name: r.Name, Note: r.Note, Price: r.Price, CreatedAt: r.CreatedAt.UTC()}
}

// store is the same pool twice on PostgreSQL. On SQLite one connection writes,
// as in the other contestants.
type store struct{ writer, readers *gorm.DB }

func open(dbURL string) (*store, error) {
	if strings.HasPrefix(dbURL, "postgres:") {
		// pgx prepares below gorm, which therefore need not.
		d, err := pool(postgres.Open(dbURL), serve.PoolSize(), gorm.Config{})
		return &store{d, d}, err
	}
	path, query, _ := strings.Cut(strings.TrimPrefix(dbURL, "sqlite:"), "?")
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil, err
	}
	dsn := fmt.Sprintf("file:%s?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=synchronous(%s)",
		path, options.Get("synchronous"))
	prepared := gorm.Config{PrepareStmt: true}
	writer, err := pool(sqlite.Open(dsn+"&_txlock=immediate"), 1, prepared)
	if err != nil {
		return nil, err
	}
	readers, err := pool(sqlite.Open(dsn), serve.Readers(), prepared)
	return &store{writer, readers}, err
}

func pool(d gorm.Dialector, size int, c gorm.Config) (*gorm.DB, error) {
	c.Logger = logger.Discard
	g, err := gorm.Open(d, &c)
	if err != nil {
		return nil, err
	}
	p, err := g.DB()
	if err != nil {
		return nil, err
	}
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size)
	return g, nil
}
