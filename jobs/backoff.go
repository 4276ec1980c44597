package jobs

import (
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Backoff sets how long a job that has failed waits for its next attempt, in place
// of Config.Backoff. The function is given how often the job has failed, from 1.
// What it returns is varied by a tenth, so that jobs that failed together do not
// come back together.
func Backoff(after func(failed int) time.Duration) WorkerOption {
	return func(a *entry) { a.backoff = after }
}

// Doubling is for Backoff: first after the first failure, twice as long after each
// further one, and most at most.
func Doubling(first, most time.Duration) func(failed int) time.Duration {
	return func(failed int) time.Duration {
		if n := failed - 1; n < 62 && first <= most>>n {
			return first << n
		}
		return most
	}
}

// retries is when jobs of a client are tried again whose workers do not say it.
type retries struct {
	river.DefaultClientRetryPolicy
	queues map[string]func(failed int) time.Duration
}

// NextRetry implements river.ClientRetryPolicy.
func (r *retries) NextRetry(j *rivertype.JobRow) time.Time {
	if after := r.queues[j.Queue]; after != nil {
		return retryAt(after, j)
	}
	return r.DefaultClientRetryPolicy.NextRetry(j)
}

// retryAt returns when a job is tried again that has failed just now.
func retryAt(after func(failed int) time.Duration, j *rivertype.JobRow) time.Time {
	wait := max(after(len(j.Errors)+1), 0)
	return time.Now().UTC().Add(wait + time.Duration((rand.Float64()-0.5)/5*float64(wait))) // #nosec G404 -- it spreads attempts and keeps no secret
}
