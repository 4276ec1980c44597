package profiles

import "github.com/terem-go/terem/examples/conduit/users"

// ProfileGet asks for a profile.
type ProfileGet struct {
	Viewer   users.Viewer
	Username string `path:"username" maxLength:"64"`
}

// ProfileFollow names whom the caller follows, or follows no longer.
type ProfileFollow struct {
	User     users.Current
	Username string `path:"username" maxLength:"64"`
}

// ProfileReply is a profile.
type ProfileReply struct {
	Profile Profile `json:"profile"`
}
