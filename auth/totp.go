package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // RFC 6238, as authenticator apps know it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/terem-go/terem/errs"
)

// ErrWrongCode says that a code of an authenticator app is wrong, too old or used
// before.
var ErrWrongCode = errs.New(errs.Unauthenticated, "auth.wrong_code", "The code is wrong or has expired.")

// totpStep is how long a code is shown (RFC 6238, section 4.1).
const totpStep = 30 * time.Second

// NewTOTPSecret returns a secret for an authenticator app: 160 random bits, as RFC
// 4226 (section 4) asks, in 32 letters and digits that can be typed. Store it as
// of Vault.
func NewTOTPSecret() string {
	var secret [20]byte
	rand.Read(secret[:]) // never fails
	return base32.StdEncoding.EncodeToString(secret[:])
}

// TOTPURI returns what an authenticator app reads from a QR code. The issuer is
// the application's name, the account the user's address.
func TOTPURI(issuer, account, secret string) string {
	issuer = strings.ReplaceAll(issuer, ":", " ") // which separates the two
	label := url.PathEscape(issuer + ":" + account)
	return "otpauth://totp/" + label + "?secret=" + secret + "&issuer=" + strings.ReplaceAll(url.QueryEscape(issuer), "+", "%20")
}

// TOTP checks a code of six digits against a secret, as of RFC 6238 with SHA-1 and
// 30 seconds, which all apps know. The codes before and after are accepted too, for
// clocks that differ. It returns the step of time that the code is of.
//
// A code must not be used twice: store the step, and give it as last the next
// time (0 for none). Of two requests at once only one may store it: do both in one
// session with db.Serializable, or by an UPDATE with the old step in its WHERE.
//
// It returns ErrWrongCode, or another error when the secret is none.
func TOTP(secret, code string, last int64, now time.Time) (step int64, err error) {
	key, err := base32.StdEncoding.DecodeString(secret)
	if err != nil || len(key) < 16 {
		return 0, fmt.Errorf("auth: a secret of %d characters is none of NewTOTPSecret", len(secret))
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "") // apps show 123 456
	current := now.Unix() / int64(totpStep/time.Second)
	for s := current - 1; s <= current+1; s++ {
		if s > last && subtle.ConstantTimeCompare([]byte(hotp(key, s)), []byte(code)) == 1 {
			return s, nil
		}
	}
	return 0, ErrWrongCode.Here()
}

// hotp returns the six digits of a counter (RFC 4226, section 5.3).
func hotp(key []byte, counter int64) string {
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, counter) // never fails
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1000000)
}

// RecoveryCodes returns ten codes that let somebody in once each who has lost
// their authenticator app, and what is stored of them. They are shown once.
func RecoveryCodes() (codes, hashes []string) {
	for range 10 {
		// 24 letters and digits are 120 bits: enough for a plain hash (OWASP
		// ASVS 5.0, 6.5.2).
		text := strings.ToLower(rand.Text()[:24])
		codes = append(codes, strings.Join([]string{text[:6], text[6:12], text[12:18], text[18:]}, "-"))
		hashes = append(hashes, HashToken(text))
	}
	return codes, hashes
}

// HashRecoveryCode returns what is stored of a recovery code, however it was typed.
func HashRecoveryCode(code string) string {
	keep := func(r rune) rune {
		if r == '-' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}
	return HashToken(strings.ToLower(strings.Map(keep, code)))
}
