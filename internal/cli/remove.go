package cli

// removeCommand are the verbs that undo what terem add has written.
type removeCommand struct {
	Domain removeDomain `cmd:"" help:"Remove a domain that terem add has written."`
}
