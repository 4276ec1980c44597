package auth

import "context"

// ReadHash reads a stored hash without computing anything. It returns what it
// would cost and how it is written.
func ReadHash(s string) (memory, time uint32, threads uint8, written string, err error) {
	h, err := parsePHC(s)
	return h.memory, h.time, h.threads, h.encode(), err
}

// Occupy takes a slot, as a hash does while it is computed, until free is called.
func (p *Passwords) Occupy(ctx context.Context) (free func(), err error) {
	return p.release, p.acquire(ctx)
}
