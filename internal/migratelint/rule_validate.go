package migratelint

// validateWithAdd finds constraints that are validated under the lock of the
// statement that added them.
var validateWithAdd = &rule{
	name:   "validate-with-add",
	title:  "nobody can write to %s while the constraint is validated",
	reason: "The lock of ADD CONSTRAINT is held until the transaction ends, so validating in the same file keeps writers waiting, as without NOT VALID.",
	wayOut: "Put VALIDATE CONSTRAINT into the next file.",
	find: func(p place) []string {
		if !p.inTransaction {
			return nil
		}
		return p.actions(func(table string, a words) bool {
			validated, ok := a.cut("VALIDATE", "CONSTRAINT")
			if !ok {
				return false
			}
			name, _ := validated.name()
			_, here := p.words.altered()
			if addsConstraint(here, name) {
				return true
			}
			for _, s := range p.others {
				if other, actions := s.words.altered(); other == table && addsConstraint(actions, name) {
					return true
				}
			}
			return false
		})
	},
}

// addsConstraint reports whether one of the actions adds a constraint of the name.
func addsConstraint(actions []words, name string) bool {
	for _, a := range actions {
		if added, _ := a.addedConstraint(); added == name {
			return true
		}
	}
	return false
}
