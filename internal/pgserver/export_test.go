package pgserver

// For tests of places where this machine has nothing.
var (
	FindBin     = findBin
	UsualPlaces = usualPlaces
)
