package scaffold

var (
	AppName     = appName
	CheckModule = checkModule
	Replacement = replacement
)

const RequiresFile = "requires.txt"

// Requirements returns the lines of requires.txt as it was compiled in.
func Requirements() string { return requiresText }
