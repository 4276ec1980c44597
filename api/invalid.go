package api

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/terem-go/terem/errs"
)

func init() {
	// huma builds the errors of parsing and validation by this variable. Those
	// of our routes are kept for the call, without the client's values in them;
	// those of other users of huma in the same program stay as they were.
	others := huma.NewErrorWithContext
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, details ...error) huma.StatusError {
		c := callOf(ctx.Context())
		if c == nil {
			return others(ctx, status, msg, details...)
		}
		c.err = invalid(status, msg, details)
		return &parseError{status}
	}
}

// parseError is what huma gets to write, into the void.
type parseError struct{ status int }

func (e *parseError) Error() string  { return "invalid input" }
func (e *parseError) GetStatus() int { return e.status }

var (
	errInvalid   = errs.New(errs.Invalid, "invalid_input", "The input breaks a rule.")
	errNoBody    = errs.New(errs.Malformed, "body_required", "A body is required.")
	errNotJSON   = errs.New(errs.Malformed, "invalid_json", "The body is not valid JSON.")
	errNotParsed = errs.New(errs.Malformed, "malformed", "The request could not be read.")
)

const (
	maxFields = 20 // named in one answer
	maxText   = 120
)

// invalid makes an error of huma's findings. Its messages carry the client's
// values in places; what remains names the field and what was expected.
func invalid(status int, msg string, details []error) *errs.Error {
	var fields []errs.Field
	for _, d := range details {
		var detail *huma.ErrorDetail
		if !errors.As(d, &detail) || len(fields) == maxFields {
			continue
		}
		in, name, _ := strings.Cut(detail.Location, ".")
		message := detail.Message
		if e, ok := parseBodyError(message); ok {
			name, message, status = e.field, e.message, 422
		}
		if property, ok := missing(message); ok {
			name, message = strings.TrimPrefix(name+"."+property, "."), "expected a value, but it is missing"
		}
		fields = append(fields, errs.Field{In: in, Name: clip(name), Message: clip(expectation(message))})
	}
	switch {
	case status == 422:
		return errInvalid.With(fields...)
	case status == 415:
		return errNotAccepted.Here()
	case status == 400 && len(details) == 0:
		return errNoBody.Here()
	case status == 400:
		return errNotJSON.Here()
	}
	e := errNotParsed.Wrap(errors.New(msg))
	e.Kind = errs.KindOf(status)
	return e
}

// missing returns the property that huma's message says is not there: it names
// the object, and not the property, as the place.
func missing(message string) (property string, ok bool) {
	if property, ok = strings.CutPrefix(message, "expected required property "); !ok {
		return "", false
	}
	return strings.CutSuffix(property, " to be present")
}

// expectation returns what huma's message says was expected. Only messages that
// are known to be without the client's values pass as they are.
func expectation(message string) string {
	rest, expected := strings.CutPrefix(message, "expected ")
	layout, moment := strings.CutPrefix(message, "invalid date/time for format ")
	kind, wrong := strings.CutPrefix(message, "invalid ")
	switch {
	case expected: // after a colon stands a parser's own text, which quotes
		rest, _, _ = strings.Cut(rest, ": ")
		return "expected " + rest
	case strings.HasPrefix(message, "required "), strings.HasPrefix(message, "un"): // unexpected, unknown
		return message
	case moment:
		return "expected a time like " + layout
	case wrong && (kind == "integer" || kind == "boolean"):
		return "expected " + kind
	case wrong && strings.HasPrefix(kind, "float"):
		return "expected number"
	}
	return "expected another value"
}

// clip shortens a text that a client may have chosen.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if utf8.RuneCountInString(s) <= maxText {
		return s
	}
	return string([]rune(s)[:maxText]) + "…"
}
