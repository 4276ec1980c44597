package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"time"

	"github.com/terem-go/terem/internal/listen"
	"github.com/terem-go/terem/metrics"
)

// measure has everything that the application does counted.
func (a *App) measure() {
	c, m := &a.config, metrics.New()
	a.metrics = m
	c.API.Observers = append(slices.Clip(c.API.Observers), m.Requests())
	c.Jobs.Observers = append(slices.Clip(c.Jobs.Observers), m.Jobs())
	if c.DB != nil {
		c.DB.Observe(m.Units())
	}
}

const adminPage = `<!doctype html>
<title>admin</title>
<ul>
<li><a href="/metrics">metrics</a>
<li><a href="/debug/pprof/">profiles</a>
</ul>
`

// admin returns what the admin address serves.
func (a *App) admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.Handler())
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, adminPage)
	})
	return mux
}

// startAdmin begins to serve the admin address, if there is one. The function
// that it returns stops that.
func (a *App) startAdmin(ctx context.Context) (stop func(), err error) {
	if a.metrics == nil {
		return func() {}, nil
	}
	l, err := listen.TCP(ctx, "ADMIN_ADDR", a.config.AdminAddr)
	if err != nil {
		return nil, err
	}
	log := a.config.Logger
	if t, ok := l.Addr().(*net.TCPAddr); ok && !t.IP.IsLoopback() {
		log.WarnContext(ctx, "other machines may reach metrics and profiles, which need no login", slog.String("addr", l.Addr().String()))
	}
	srv := &http.Server{Handler: a.admin(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics and profiles are served no more", slog.Any("error", fmt.Errorf("serving on %s: %w", l.Addr(), err)))
		}
	}()
	log.InfoContext(ctx, "metrics and profiles", slog.String("url", "http://"+l.Addr().String()))
	return func() { _ = srv.Close() }, nil // whoever reads a profile has waited long enough
}
