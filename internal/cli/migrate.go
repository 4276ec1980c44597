package cli

// migrateCommand are the verbs about migrations.
type migrateCommand struct {
	Lint migrateLint `cmd:"" help:"Find what stops or breaks an application that serves while migrations run."`
}
