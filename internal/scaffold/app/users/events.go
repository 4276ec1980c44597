package users

// Deleted is published when a user was deleted. A domain that keeps something of
// users without a reference to their row, or elsewhere, subscribes.
type Deleted struct {
	UserID int64 `json:"user_id"`
}

// EventName implements events.Event.
func (Deleted) EventName() string { return "users.deleted" }
