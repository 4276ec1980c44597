package settings

import (
	"encoding"
	"errors"
)

// Environment is what an application runs for. As a setting it is one of the three below, exactly.
type Environment string

// The environments. The zero value is none of them.
const (
	Development Environment = "development"
	Test        Environment = "test"
	Production  Environment = "production"
)

var _ encoding.TextUnmarshaler = (*Environment)(nil)

// Development reports whether the application runs for the person who writes it.
func (e Environment) Development() bool { return e == Development }

// Test reports whether the application runs in a test.
func (e Environment) Test() bool { return e == Test }

// Production reports whether the application runs for its users.
func (e Environment) Production() bool { return e == Production }

// UnmarshalText refuses anything but the three environments, and the error names them.
func (e *Environment) UnmarshalText(text []byte) error {
	switch env := Environment(text); env {
	case Development, Test, Production:
		*e = env
		return nil
	}
	return errors.New("expected development, test or production")
}
