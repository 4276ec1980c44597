package cli

// migrateCommand are the verbs about migrations.
type migrateCommand struct {
	New    migrateNew    `cmd:"" help:"Write the migration from the last one to the models."`
	Lint   migrateLint   `cmd:"" help:"Find what would stop or break an application that serves."`
	Verify migrateVerify `cmd:"" help:"Compare a database with the models."`
}
