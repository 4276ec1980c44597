package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Limits of what is computed, whoever wrote the hash. The highest costs
// together are some seconds and 256 MiB: a row that an attacker wrote cannot
// stop the server.
const (
	maxMemory  = 256 * 1024 // KiB
	maxTime    = 16
	maxThreads = 16
	maxBytes   = 64 // of salt and of sum
)

// Lengths that hashes made here have, in bytes (RFC 9106, section 4).
const (
	saltBytes = 16
	sumBytes  = 32
)

var (
	errPHC   = errors.New("not an argon2id hash of version 19 in the PHC string format")
	errCosts = fmt.Errorf("parameters out of bounds: up to %d KiB, %d passes, %d threads and %d bytes of salt and of sum are computed",
		maxMemory, maxTime, maxThreads, maxBytes)
)

// phc is an argon2id hash with its parameters, as it is stored:
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<sum>
type phc struct {
	memory, time uint32
	threads      uint8
	salt, sum    []byte
}

func (h phc) encode() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.memory, h.time, h.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.sum))
}

// parsePHC reads what encode writes and nothing else: signs, leading zeros,
// line breaks in base64 and the like do not survive the round trip at its end.
func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return phc{}, errPHC
	}
	var h phc
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads)
	if err != nil {
		return phc{}, errPHC
	}
	var saltErr, sumErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || h.encode() != s {
		return phc{}, errPHC
	}
	if !h.bounded() {
		return phc{}, errCosts
	}
	return h, nil
}

// bounded reports whether the parameters are within what RFC 9106, section 3.1
// defines and within the limits above.
func (h phc) bounded() bool {
	return h.threads >= 1 && h.threads <= maxThreads &&
		h.memory >= 8*uint32(h.threads) && h.memory <= maxMemory &&
		h.time >= 1 && h.time <= maxTime &&
		len(h.salt) >= 8 && len(h.salt) <= maxBytes &&
		len(h.sum) >= 16 && len(h.sum) <= maxBytes
}

// weakerThan reports whether h costs an attacker less than want in any respect.
// More threads do not make a hash stronger and are not compared.
func (h phc) weakerThan(want phc) bool {
	return h.memory < want.memory || h.time < want.time ||
		len(h.salt) < len(want.salt) || len(h.sum) < len(want.sum)
}
