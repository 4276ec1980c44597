package structure

// Read returns the facts about a program.
func Read(p *Program) (*App, error) { return &App{Module: p.Module}, nil }
