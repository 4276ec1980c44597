// Package departures deletes customers: here, and at the payment provider that knows them too. It is the program of
// docs/guides/services.md, and its tests are run with those of the library.
package departures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
)

// Departure is a row of the table departures: a customer who is on the way out.
type Departure struct {
	CustomerID int64     `db:"customer_id,pk"`
	AskedAt    time.Time `db:"asked_at,created"`
}

// Leave are the arguments of the job that completes a departure.
type Leave struct {
	CustomerID int64 `json:"customer_id"`
}

// Kind implements jobs.Args.
func (Leave) Kind() string { return "departures.leave" }

// Customers is what the service needs of the domain that owns the customers. Each method is a part of the caller's
// session.
type Customers interface {
	// Lock ends the logins of a customer, and refuses new ones until Unlock.
	Lock(ctx context.Context, s *db.Session, id int64) error
	// Unlock takes Lock back, and tells the customer why.
	Unlock(ctx context.Context, s *db.Session, id int64, reason string) error
	// Erase deletes a customer. What other domains keep of them goes by the references of their tables, and by the
	// events that it publishes.
	Erase(ctx context.Context, s *db.Session, id int64) error
}

// Config is what the service works with.
type Config struct {
	Customers Customers
	Provider  string       // the address of the payment provider's API
	Client    *http.Client // of package outside
}

// Service is the use case.
type Service struct {
	Config
	departures dao.Table[Departure]
}

// New returns the service.
func New(c Config) *Service {
	return &Service{Config: c, departures: dao.Of[Departure]("departures")}
}

// ErrLeaving is returned to who asks a second time.
var ErrLeaving = errs.New(errs.Conflict, "departures.leaving", "This account is being deleted.")

// Begin is the first unit of work: the customer is locked out, and the job that goes on exists exactly when that is
// so. It is called in the session of a handler, which has asked for the password before.
func (s *Service) Begin(ctx context.Context, tx *db.Session, customer int64) error {
	if err := dao.Taken(s.departures.Insert(ctx, tx, &Departure{CustomerID: customer}), "customer_id", ErrLeaving); err != nil {
		return err
	}
	if err := s.Customers.Lock(ctx, tx, customer); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, Leave{CustomerID: customer})
}

// Complete is what the job does: it calls the provider while no transaction is open, and then ends the departure in
// the second unit of work, one way or the other. It may be run again after any part of it.
func (s *Service) Complete(ctx context.Context, database *db.DB, customer int64) error {
	err := s.close(ctx, customer)
	var refused *refusal
	if err != nil && !errors.As(err, &refused) {
		return err // which may pass: the job is tried again
	}
	return database.Do(ctx, func(ctx context.Context, tx *db.Session) error {
		if err := s.departures.Delete(ctx, tx, customer); errs.HasKind(err, errs.NotFound) {
			return nil // an earlier run has got as far as this
		} else if err != nil {
			return err
		}
		if refused != nil {
			return s.Customers.Unlock(ctx, tx, customer, refused.reason) // the compensation of Begin
		}
		return s.Customers.Erase(ctx, tx, customer)
	})
}

// refusal is an answer of the provider that another attempt does not change.
type refusal struct{ reason string }

// Error implements error.
func (r *refusal) Error() string { return "the payment provider refuses: " + r.reason }

// close closes the customer's account at the provider. DELETE may be sent twice, so package outside does that after
// failures, and a customer who is gone there is gone.
func (s *Service) close(ctx context.Context, customer int64) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodDelete, fmt.Sprintf("%s/customers/%d", s.Provider, customer), nil)
	if err != nil {
		return err
	}
	answer, err := s.Client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusNoContent, http.StatusNotFound:
		return nil
	case http.StatusConflict:
		reason, err := io.ReadAll(io.LimitReader(answer.Body, 200))
		if err != nil {
			return err
		}
		return &refusal{string(reason)}
	}
	return fmt.Errorf("departures: the payment provider answers with status %d", answer.StatusCode)
}
