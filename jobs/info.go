package jobs

import (
	"encoding/json"
	"strings"
	"time"
)

// State is how far a job has come.
type State string

// The states of a job.
const (
	StateWaiting   State = "waiting"   // due, for a worker that is free
	StateLater     State = "later"     // not due yet
	StateRunning   State = "running"   //
	StateFailed    State = "failed"    // it is tried again at Info.DueAt
	StateDone      State = "done"      // it is forgotten after a day
	StateGivenUp   State = "given up"  // it has failed too often; it is forgotten after a week
	StateCancelled State = "cancelled" // by Cancel; it is forgotten after a day
)

// States are all states, in the order in which a job comes to them.
var States = []State{StateWaiting, StateLater, StateRunning, StateFailed, StateDone, StateGivenUp, StateCancelled}

// states are the states as River has them. It has no others that we use.
var states = map[State]string{
	StateWaiting: "available", StateLater: "scheduled", StateRunning: "running", StateFailed: "retryable",
	StateDone: "completed", StateGivenUp: "discarded", StateCancelled: "cancelled",
}

// stateOf returns the state that River calls name.
func stateOf(name string) State {
	for s, n := range states {
		if n == name {
			return s
		}
	}
	return State(name)
}

// Info is what the queue knows of a job.
type Info struct {
	ID          int64
	Kind        string
	Queue       string
	State       State
	Priority    int
	Attempt     int // how often it was tried
	MaxAttempts int
	EnqueuedAt  time.Time
	DueAt       time.Time       // when it is tried next, or was tried last
	BeganAt     *time.Time      // the last attempt; nil before the first
	EndedAt     *time.Time      // when it was done, given up or cancelled; nil before
	Progress    *Progress       // of SetProgress; nil without one
	Failures    []Failure       // the oldest first
	Args        json.RawMessage // as they are stored: they may hold what is private
	Result      json.RawMessage // of SetResult; nil without one
}

// Failure is an attempt at a job that has failed.
type Failure struct {
	At      time.Time `json:"at"`
	Attempt int       `json:"attempt"`
	Error   string    `json:"error"` // of a panic, with the stack behind it
}

// Summary returns the error without a stack.
func (f Failure) Summary() string {
	text, _, _ := strings.Cut(f.Error, StackFollows)
	return text
}

// LastFailure returns the last failure of the job, the zero one if there is none.
func (i Info) LastFailure() Failure {
	if len(i.Failures) == 0 {
		return Failure{}
	}
	return i.Failures[len(i.Failures)-1]
}
