package auth

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// PasswordConfig says how passwords are hashed and what is asked of them. The
// zero value is a good choice. Its parameters are those that the OWASP Password
// Storage Cheat Sheet recommends for argon2id: 19 MiB, 2 passes, 1 thread.
type PasswordConfig struct {
	Memory  uint32 // of one hash in KiB, 1024 to 262144; default 19456, which is 19 MiB
	Time    uint32 // passes over that memory, 1 to 16; default 2
	Threads uint8  // that compute one hash, 1 to 16; default 1

	// Concurrent is how many hashes are computed at once, 1 to 1024; their
	// memory adds up. Default: half of GOMAXPROCS, at least 1. A hash keeps a
	// processor busy from beginning to end, and this leaves the other half to
	// the requests of people who are logged in already. With more Threads,
	// set it lower.
	Concurrent int

	// Wait is how long a call waits for its turn before it fails with ErrBusy,
	// whose RetryAfter is as long; default 1 s.
	Wait time.Duration

	// MinLength is the least number of characters (Unicode code points) of a
	// new password, 8 to 64; default 12. The most is always 1024 bytes.
	MinLength int
}

// NewPasswords returns Passwords, or an error that names every field of cfg
// that is out of its range.
func NewPasswords(cfg PasswordConfig) (*Passwords, error) {
	h := phc{
		memory:  cmp.Or(cfg.Memory, 19*1024),
		time:    cmp.Or(cfg.Time, 2),
		threads: cmp.Or(cfg.Threads, 1),
		salt:    make([]byte, saltBytes),
		sum:     make([]byte, sumBytes),
	}
	rand.Read(h.sum) // so that no password is known to match
	concurrent := cmp.Or(cfg.Concurrent, max(1, runtime.GOMAXPROCS(0)/2))
	minLength := cmp.Or(cfg.MinLength, 12)
	wait := cmp.Or(cfg.Wait, time.Second)

	// The least memory is far under any recommendation: it is there for tests,
	// and to notice who counts in MiB.
	var wrong []error
	for _, f := range []struct {
		name           string
		got, low, high int
	}{
		{"Memory (in KiB)", int(h.memory), 1024, maxMemory},
		{"Time", int(h.time), 1, maxTime},
		{"Threads", int(h.threads), 1, maxThreads},
		{"Concurrent", concurrent, 1, 1024},
		{"MinLength", minLength, 8, 64},
	} {
		if f.got < f.low || f.got > f.high {
			wrong = append(wrong, fmt.Errorf("auth: PasswordConfig.%s is %d: use %d to %d, or 0 for the default", f.name, f.got, f.low, f.high))
		}
	}
	if wait < 0 {
		wrong = append(wrong, fmt.Errorf("auth: PasswordConfig.Wait is %s: use a positive duration, or 0 for the default", wait))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return &Passwords{minLength: minLength, wait: wait, slots: make(chan struct{}, concurrent), nobody: h}, nil
}
