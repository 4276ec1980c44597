package change

// Revert finds the differences of two texts and reverts them.
func Revert(before, after string) string {
	back, ok := revert([]byte(after), diff([]byte(before), []byte(after)))
	if !ok {
		return "no way back"
	}
	return string(back)
}
