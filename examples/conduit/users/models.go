package users

import (
	"slices"
	"strconv"
	"time"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// User is a row of the table users.
type User struct {
	ID           int64      `db:"id,pk"`
	Email        string     `db:"email,unique,size:254"` // as of utils.Email
	ConfirmedAt  *time.Time `db:"confirmed_at"`          // when they have shown that the address is theirs
	Name         string     `db:"name,size:100"`
	PasswordHash string     `db:"password_hash"`
	Role         Role       `db:"role,default:'member'"`
	IsSuperuser  bool       `db:"is_superuser,default:FALSE"`
	Generation   int64      `db:"generation,default:0"` // of access tokens: those of others are worth nothing
	CreatedAt    time.Time  `db:"created_at,created"`
	UpdatedAt    time.Time  `db:"updated_at,updated"`
}

// Subject names the user in tokens, logins and the audit log.
func (u *User) Subject() string { return strconv.FormatInt(u.ID, 10) }

// tidy brings what people typed into the form in which it is stored, or says
// what is wrong with it.
func (u *User) tidy() error {
	u.Email = utils.Email(u.Email)
	u.Name = utils.OneLine(u.Name)
	if !utils.IsEmail(u.Email) {
		return ErrBadEmail.Here()
	}
	if !utils.Printable(u.Name) {
		return ErrBadName.Here()
	}
	return nil
}

// Role is what a user may do beyond what is their own.
type Role string

// The roles.
const (
	RoleMember Role = "member"
	RoleStaff  Role = "staff"
)

// Values lists the roles.
func (Role) Values() []string { return []string{string(RoleMember), string(RoleStaff)} }

// grants are the permissions of each role, such as "orders.refund".
var grants = map[Role][]string{
	RoleStaff: {"users.read", "users.audit"},
}

// Can reports whether a user has a permission. Superusers have all of them.
func Can(u *User, permission string) bool {
	return u.IsSuperuser || slices.Contains(grants[u.Role], permission)
}
