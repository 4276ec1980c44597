package dev_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/dev"
	"github.com/terem-go/terem/internal/processtest"
)

// The test binary is the server where this names the application's folder.
const folderVariable = "DEV_TEST_FOLDER"

func TestMain(m *testing.M) {
	dir := os.Getenv(folderVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := dev.Run(ctx, dev.Config{Dir: dir, Addr: "127.0.0.1:0", Out: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// mainGo is an application of nothing but the standard library, which compiles
// fast.
const mainGo = `package main

import (
	_ "embed"
	"fmt"
	"net/http"
	"os"
	"time"
)

//go:embed word.txt
var word string

const policy = "default-src 'self'"

func answer(kind, text string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		if tag := w.Header().Get("ETag"); tag != "" && r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, text)
	}
}

func main() {
	fmt.Println("this is", word)
	if _, err := os.Stat("schema.db"); err != nil && word == "needy" {
		fmt.Fprintln(os.Stderr, "error: the schema is behind. Apply: migrate up")
		os.Exit(3)
	}
	if word == "deaf" {
		time.Sleep(time.Hour)
	}
	const html = "text/html; charset=utf-8"
	http.HandleFunc("/healthz", answer("text/plain", "ok"))
	http.HandleFunc("/favicon.ico", answer("image/gif", ""))
	http.HandleFunc("/word", answer("text/plain", word))
	http.HandleFunc("/env", func(w http.ResponseWriter, r *http.Request) {
		env, _ := os.ReadFile(".env")
		fmt.Fprintf(w, "%d|%s|%s%s|%s|%s", os.Getpid(), os.Getenv("TRUSTED_PROXIES"), os.Getenv("BASE_URL"), os.Getenv("ADMIN_ADDR"), r.Header.Get("X-Forwarded-For"), env)
	})
	http.HandleFunc("/host", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) })
	http.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) { fmt.Println("farewell"); os.Exit(7) })
	http.HandleFunc("/write", func(http.ResponseWriter, *http.Request) { os.WriteFile("upload.txt", []byte(time.Now().String()), 0o600) })
	http.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		for {
			if _, err := os.Stat("go.db"); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		fmt.Fprint(w, word)
	})
	http.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", html)
		fmt.Fprint(w, "<!doctype html><title>x</title><p>one</p><")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	http.HandleFunc("/page", answer(html, "<!doctype html><html lang=\"en\"><head><title>"+word+"</title></HEAD><body><h1>"+word+"</h1><header></header></body></html>",
		"Content-Security-Policy", policy, "ETag", "\"" + word + "\""))
	http.HandleFunc("/kept", answer(html, "<!doctype html><html><head></head><body>the same</body></html>", "ETag", "\"same\""))
	http.HandleFunc("/headless", answer(html, "<!-- note --><!DOCTYPE html><p>a</p></body>"))
	http.HandleFunc("/bare", answer(html, "<html><p>\xff\xfe a"))
	http.HandleFunc("/fragment", answer(html, "<p>part</p>"))
	http.HandleFunc("/closed", answer(html, "<!doctype html><head></head>", "Content-Security-Policy", "default-src 'none'; script-src 'self'"))
	http.HandleFunc("/mute", answer(html, "<!doctype html><head></head>", "Content-Security-Policy", "script-src 'none'"))
	http.HandleFunc("/sandbox", answer(html, "<!doctype html><head></head>", "Content-Security-Policy", "sandbox allow-forms"))
	http.HandleFunc("/download", answer(html, "<!doctype html><head></head>", "Content-Disposition", "attachment; filename=a.html"))
	http.HandleFunc("/packed", answer(html, "<!doctype html><head></head>", "Content-Encoding", "x"))
	http.HandleFunc("/text", answer("text/plain", "<!doctype html><head></head>"))
	http.HandleFunc("/length", answer(html, "<!doctype html><head></head>", "Content-Length", "28"))
	http.HandleFunc("/asked", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Accept-Encoding"), r.Header.Get("If-None-Match"))
	})
	if err := http.ListenAndServe(os.Getenv("ADDR"), nil); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
`

// limit is how long anything may take on a busy machine.
const limit = 2 * time.Minute

// application is one that is served while somebody works on it.
type application struct {
	t         *testing.T
	dir       string
	log       *processtest.Log
	origin    string
	interrupt context.CancelFunc
	ended     chan error
}

// folder writes an application with that word, and returns its folder.
func folder(t *testing.T, word string) *application {
	t.Helper()
	a := &application{t: t, dir: t.TempDir(), log: new(processtest.Log), ended: make(chan error, 1)}
	a.write("go.mod", "module example.com/app\n\ngo 1.24\n")
	a.write("main.go", mainGo)
	a.write("word.txt", word)
	return a
}

// run serves it until the test ends.
func (a *application) run(c dev.Config) {
	a.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a.interrupt = cancel
	c.Dir, c.Addr, c.Out, c.Err = a.dir, "127.0.0.1:0", a.log, a.log
	listens := make(chan string, 1)
	c.OnListen = func(url string) { listens <- url }
	go func() { a.ended <- dev.Run(ctx, c) }()
	select {
	case a.origin = <-listens:
	case err := <-a.ended:
		a.t.Fatal(err)
	}
	a.t.Cleanup(a.end)
}

// end ends the serving, as Ctrl-C does.
func (a *application) end() {
	a.t.Helper()
	a.interrupt()
	select {
	case err := <-a.ended:
		if err != nil {
			a.t.Error(err)
		}
		a.ended <- nil
	case <-time.After(limit):
		a.t.Fatalf("it does not end:\n%s", a.log)
	}
}

// serve serves a new application with that word.
func serve(t *testing.T, word string) *application {
	t.Helper()
	a := folder(t, word)
	a.run(dev.Config{})
	return a
}

func (a *application) write(name, text string) {
	a.t.Helper()
	name = filepath.Join(a.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		a.t.Fatal(err)
	}
}

// breakIt makes the application one that does not compile.
func (a *application) breakIt() {
	a.t.Helper()
	a.write("main.go", strings.Replace(mainGo, `fmt.Println("this is", word)`, "nonsense()", 1))
}

type answer struct {
	status int
	header http.Header
	body   string
}

var client = &http.Client{
	Transport: &http.Transport{DisableCompression: true},
	Timeout:   limit,
}

// do sends a request with headers, given as names and values.
func (a *application) do(method, path string, header ...string) (answer, error) {
	r, err := http.NewRequest(method, a.origin+path, nil)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body)}, err
}

// get asks for a path and must be answered.
func (a *application) get(path string, header ...string) answer {
	a.t.Helper()
	got, err := a.do("GET", path, header...)
	if err != nil {
		a.t.Fatalf("%s: %v\n%s", path, err, a.log)
	}
	return got
}

// await asks for a path until the answer has the text in it.
func (a *application) await(path, text string, header ...string) answer {
	a.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		got := a.get(path, header...)
		if strings.Contains(got.body, text) {
			return got
		}
		if time.Now().After(end) {
			a.t.Fatalf("%s is answered with %d %s, want %q\n%s", path, got.status, got.body, text, a.log)
		}
	}
}

// page is what browsers ask for.
var page = []string{"Accept", "text/html,*/*", "Sec-Fetch-Dest", "document"}

// event is what open pages are told.
type event struct{ Process, Title, Text string }

// events returns what open pages are told, as it comes.
func (a *application) events() <-chan event {
	a.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", a.origin+"/dev/events", nil)
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		a.t.Errorf("the events are %s", kind)
	}
	events := make(chan event, 100)
	go func() {
		defer close(events)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var e event
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					a.t.Error(err)
				}
				events <- e
			}
		}
	}()
	return events
}

// next waits for an event that is as wanted.
func (a *application) next(events <-chan event, wanted func(event) bool) event {
	a.t.Helper()
	late := time.After(limit)
	for {
		select {
		case e, open := <-events:
			if !open {
				a.t.Fatalf("the events have ended:\n%s", a.log)
			}
			if wanted(e) {
				return e
			}
		case <-late:
			a.t.Fatalf("the event does not come:\n%s", a.log)
		}
	}
}

func serving(e event) bool { return e.Process != "" && e.Title == "" }
func failed(e event) bool  { return e.Title != "" }

var (
	pid    = regexp.MustCompile(`^\d+`)
	origin = regexp.MustCompile(`http://[\d.:]+`)
)

// pid returns the id of the process that answers.
func (a *application) pid() string {
	a.t.Helper()
	return pid.FindString(a.get("/env").body)
}
