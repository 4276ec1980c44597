package users

// Welcome are the arguments of the job that welcomes a new user. Package tasks
// runs it.
type Welcome struct {
	UserID int64 `json:"user_id"`
}

// Kind implements jobs.Args.
func (Welcome) Kind() string { return "users.welcome" }
