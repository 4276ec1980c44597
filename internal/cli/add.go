package cli

// addCommand are the verbs that write more into an application.
type addCommand struct {
	Domain addDomain `cmd:"" help:"Write a domain: its files, tests, migration and registration."`
}
