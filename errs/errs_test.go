package errs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/errs"
)

var errTaken = errs.New(errs.Conflict, "users.email_taken", "This address is already registered.")

func Example() {
	// Where it happens:
	err := fmt.Errorf("insert user: %w", errTaken.Wrap(io.ErrUnexpectedEOF))

	// Where it is answered:
	e := errs.From(err)
	body, _ := json.Marshal(e.Problem("req-1"))
	fmt.Println(e.Kind.Status(), string(body))
	fmt.Println(errors.Is(err, errTaken))
	// Output:
	// 409 {"title":"Conflict","status":409,"detail":"This address is already registered.","code":"users.email_taken","request_id":"req-1"}
	// true
}

func TestEveryKindHasANameAStatusAndATitle(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for k := errs.Internal; k <= errs.Timeout; k++ {
		if k.String() == "" || k.Title() == "" || k.Status() < 400 {
			t.Errorf("kind %d: name %q, status %d, title %q", k, k, k.Status(), k.Title())
		}
		if seen[k.Status()] {
			t.Errorf("kind %s: status %d is used twice", k, k.Status())
		}
		seen[k.Status()] = true
		if got := errs.KindOf(k.Status()); got != k {
			t.Errorf("KindOf(%d) = %s, want %s", k.Status(), got, k)
		}
	}
	for status, want := range map[int]errs.Kind{418: errs.Malformed, 507: errs.Internal, 200: errs.Internal} {
		if got := errs.KindOf(status); got != want {
			t.Errorf("KindOf(%d) = %s, want %s", status, got, want)
		}
	}
	if got := errs.Kind(200).Status(); got != 500 {
		t.Errorf("a number that is no kind has status %d, want 500", got)
	}
}

func TestCopiesLeaveTheDeclaredErrorAlone(t *testing.T) {
	t.Parallel()
	before := *errTaken
	c := errTaken.With(errs.Field{In: "body", Name: "email", Message: "taken"}).Wrap(io.EOF).After(time.Second)
	if len(c.Fields) != 1 || !errors.Is(c, io.EOF) || c.RetryAfter != time.Second {
		t.Errorf("the copy lacks what it was given: %+v", c)
	}
	if errTaken.Fields != nil || errTaken.Unwrap() != before.Unwrap() || errTaken.RetryAfter != 0 {
		t.Errorf("the declared error was changed: %+v", errTaken)
	}
	if !errors.Is(c, errTaken) {
		t.Error("the copy is not the declared error to errors.Is")
	}
	other := errs.New(errs.Conflict, "users.name_taken", "…")
	if errors.Is(c, other) {
		t.Error("another code counts as the same error")
	}
}

func TestPlaceIsWhereTheErrorWasReturned(t *testing.T) {
	t.Parallel()
	want := regexp.MustCompile(`^errs/errs_test\.go:\d+$`)
	for name, e := range map[string]*errs.Error{
		"New": errs.New(errs.Internal, "x", "…"), "Here": errTaken.Here(), "Wrap": errTaken.Wrap(io.EOF), "With": errTaken.With(),
	} {
		if !want.MatchString(e.Place()) {
			t.Errorf("%s: place %q", name, e.Place())
		}
	}
	if errTaken.Here().Place() == errTaken.Place() {
		t.Error("Here kept the place of the declaration")
	}
}

type meaningful struct{ error }

func (meaningful) Meaning() *errs.Error { return errTaken }

func TestFrom(t *testing.T) {
	t.Parallel()
	if errs.From(nil) != nil {
		t.Error("From(nil) is not nil")
	}
	secret := errors.New("password=hunter2")
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"itself":   {errTaken, "users.email_taken"},
		"wrapped":  {fmt.Errorf("x: %w", errTaken.Here()), "users.email_taken"},
		"joined":   {errors.Join(secret, errTaken), "users.email_taken"},
		"meaning":  {fmt.Errorf("x: %w", meaningful{secret}), "users.email_taken"},
		"anything": {secret, "internal"},
	} {
		e := errs.From(c.err)
		if e.Code != c.code {
			t.Errorf("%s: code %q, want %q", name, e.Code, c.code)
		}
		if !errors.Is(e, c.err) && e != c.err {
			t.Errorf("%s: the cause is lost", name)
		}
	}
	p := errs.From(secret).Problem("")
	want := errs.Problem{Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "Something went wrong on our side. It has been logged."}
	if d := cmp.Diff(want, p); d != "" {
		t.Errorf("an unknown error on the wire (-want +got):\n%s", d)
	}
}
